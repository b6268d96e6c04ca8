// SPDX-License-Identifier: GPL-3.0-or-later
// Work that needs hundreds or thousands of connections, asked for with our own codec from one thread. Prints one line
// of JSON; tests/bench/compare.py pairs and repeats the measurements.
//   bench_crowd fan-out --port P [--consumers 1000] [--rate 1000] [--seconds 5]
//   bench_crowd groups --port P [--groups 50] [--members 20] [--rate 1000] [--seconds 5]
//   bench_crowd commits --port P [--groups 500] [--seconds 3]
//   bench_crowd requests --port P [--connections 64] [--acks -1] [--partitions 1] [--seconds 3]
//   bench_crowd connections --port P [--count 5000]
//   bench_crowd topics --port P [--count 1000] [--partitions 1]
//   bench_crowd remove --port P --topic T
//   bench_crowd fill --port P --topic T [--partitions 1] [--size 100] [--codec none] [--records 2000000] [--acks 1]
//   bench_crowd drain --port P --topic T [--partitions 1] [--records 2000000]
//   bench_crowd canned --size 100 --records 2000000 [--codec none] [--partitions 1]
#include <cstdio>
#include <map>

#include "tests/bench/crowd/works.h"

int main(int argc, char** argv) {
    using namespace weir::bench;
    static const std::map<std::string, int (*)(const Options&)> kWorks{
        {"fan-out", fanOut},    {"groups", groups},           {"commits", commits},
        {"requests", requests}, {"connections", connections}, {"topics", topics},
        {"remove", remove},     {"canned", canned},           {"fill", fill},
        {"drain", drain}};
    const auto work = argc > 1 ? kWorks.find(argv[1]) : kWorks.end();
    if (work == kWorks.end() || argc % 2 != 0) {
        std::fprintf(stderr, "usage: bench_crowd WORK [--name value]...\n");
        return 2;
    }
    Options options;
    for (int i = 2; i + 1 < argc; i += 2) {
        options.values[std::string(argv[i]).substr(2)] = argv[i + 1];
    }
    return work->second(options);
}
