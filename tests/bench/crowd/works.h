// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/protocol/messages/produce.h"

namespace weir::bench {

/// `--name value` pairs of the command line.
struct Options {
    std::map<std::string, std::string> values;
    [[nodiscard]] std::int64_t number(const char* name, std::int64_t standard) const;
    [[nodiscard]] std::string text(const char* name, const char* standard) const;
    [[nodiscard]] std::uint16_t port() const { return static_cast<std::uint16_t>(number("port", 0)); }
};

/// Microseconds, sorted by `print`.
struct Latencies {
    std::vector<double> micros;
    [[nodiscard]] double percentile(double p) const;
};

struct ReadyBatch {
    Bytes bytes;
    std::int64_t records = 0;
};
/// Records of --size bytes, compressed by --codec, of about `target` bytes before that.
ReadyBatch makeBatch(const Options& options, std::size_t target);
/// A batch of one record of `size` bytes that begins with the eight bytes of `stamp` in the host's order.
Bytes makeStamped(std::int64_t stamp, std::size_t size);
/// Calls `got(stamp)` for each record of each whole batch in `records`; returns the offset after the last one, or
/// `from` when there is none. Records are of makeStamped; the client checks no CRC.
std::int64_t readStamps(ByteView records, std::int64_t from, const std::function<void(std::int64_t)>& got);

/// Ends the run, with Kafka's code, when the one partition of a produce request was refused.
void endIfRefused(const protocol::ProduceResponse& response);

// Each prints one line of JSON and returns the exit code.
int fanOut(const Options& options);       ///< ticks of one producer to N consumers of their own
int groups(const Options& options);       ///< ticks of one producer to G groups of M members
int commits(const Options& options);      ///< offset commits of G groups, one open for each connection
int requests(const Options& options);     ///< produce requests of one record, one open for each connection
int connections(const Options& options);  ///< opens N connections and keeps them until the input ends
int topics(const Options& options);       ///< makes N topics of P partitions
int remove(const Options& options);       ///< deletes a topic
int fill(const Options& options);         ///< produces batches that lie ready, five open for each connection
int drain(const Options& options);        ///< fetches every partition and reads the headers of its batches
int canned(const Options& options);       ///< a server whose one topic is the same batch again and again

}  // namespace weir::bench
