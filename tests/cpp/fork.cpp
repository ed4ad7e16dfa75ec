// A forked child that unwinds the scopes of its parent: it has nothing to release, and does not end by
// std::terminate.
#include "check.hpp"

#include <mutex>
#include <sys/wait.h>
#include <unistd.h>

int main() {
    parexact::lock lock;
    pid_t child = -1;
    {
        parexact::queue<std::string> queue;
        queue.put("an item of the parent's that is longer than short ones");
        const parexact::pool pool(1);
        const std::lock_guard<parexact::lock> guard(lock);
        child = fork();
        if (child == 0)
            CHECK_ERROR(PAREXACT_ERROR_FORKED, queue.get());
    }
    if (child == 0) {
        CHECK_ERROR(PAREXACT_ERROR_FORKED, lock.lock());
        CHECK_DOUBLE(parexact::sum(std::array<double, 2>{1, 2}), 3.0);
        _exit(checks_done());
    }
    int status = -1;
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    return checks_done();
}
