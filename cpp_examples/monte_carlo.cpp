// Monte Carlo by streams: the price of an option from a hundred runs, each on a stream of random numbers of
// its own. The result has the same bits for any number of threads, and for runs that come back in any order.
//
//     c++ -std=c++17 -O2 cpp_examples/monte_carlo.cpp -Iinclude -Ltarget/release -lparexact -o monte_carlo
//     LD_LIBRARY_PATH=target/release ./monte_carlo
#include <cmath>
#include <cstdio>
#include <numeric>
#include <parexact.hpp>

namespace {

constexpr double spot = 100, strike = 105, rate = 0.02, volatility = 0.3, years = 1;
constexpr std::uint64_t seed = 2017, runs = 100, paths = 20000;

// The discounted payoffs of one run, in blocks that stay in cache: only their state is kept, 2 KiB.
parexact::state simulate(std::uint64_t stream) {
    const double drift = (rate - volatility * volatility / 2) * years, width = volatility * std::sqrt(years);
    std::array<double, 1000> x;
    parexact::state payoffs;
    for (std::uint64_t path = 0; path < paths; path += x.size()) {
        parexact::fill(parexact::normal{drift, width}, seed, stream, path, x);
        for (double &value : x)
            value = std::exp(-rate * years) * std::fmax(spot * std::exp(value) - strike, 0);
        payoffs.update(x);
    }
    return payoffs;
}

// The price of Black and Scholes, for comparison.
double exact_price() {
    const auto probability = [](double x) { return std::erfc(-x / std::sqrt(2)) / 2; };
    const double width = volatility * std::sqrt(years);
    const double d = (std::log(spot / strike) + rate * years) / width + width / 2;
    return spot * probability(d) - strike * std::exp(-rate * years) * probability(d - width);
}

} // namespace

int main() {
    std::vector<std::uint64_t> streams(runs);
    std::iota(streams.begin(), streams.end(), 0);

    parexact::pool pool(4);
    const std::vector<parexact::state> states = pool.map(streams, simulate);
    const parexact::state all = std::accumulate(states.begin(), states.end(), parexact::state());
    const parexact::stats stats = all.result(1);
    std::printf("%.0f paths: %.4f +- %.4f, Black and Scholes: %.4f\n", static_cast<double>(stats.count),
                stats.mean, stats.std / std::sqrt(static_cast<double>(stats.count)), exact_price());

    // The same on one thread, from the last run to the first.
    parexact::state backwards;
    for (std::uint64_t stream = runs; stream-- > 0;)
        backwards += simulate(stream);
    std::printf("backwards on one thread: %s\n", backwards == all ? "the same bits" : "other bits");
}
