// The tests' tools: those of C, and CHECK_ERROR for calls that must throw a parexact::error of a status.
#ifndef CHECK_HPP
#define CHECK_HPP

#include "parexact.hpp"

#include <cstdio>
#include <cstring>

#include "../c/check.h"

#define CHECK_ERROR(expected, ...)                                                                           \
    check_error([&] { static_cast<void>(__VA_ARGS__); }, (expected), #__VA_ARGS__, __FILE__, __LINE__)

// The status must be the one expected, and what() must say something.
template <class Call>
void check_error(const Call &call, parexact_status expected, const char *text, const char *file, int line) {
    try {
        call();
        std::fprintf(stderr, "%s:%d: %s threw nothing, expected %s\n", file, line, text,
                     parexact_status_name(expected));
    } catch (const parexact::error &error) {
        if (error.status() == expected && error.what()[0] != '\0')
            return;
        std::fprintf(stderr, "%s:%d: %s threw %s, expected %s; what(): %s\n", file, line, text,
                     parexact_status_name(error.status()), parexact_status_name(expected), error.what());
    }
    checks_failed++;
}

#endif
