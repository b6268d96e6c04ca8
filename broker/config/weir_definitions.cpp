// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/config/tables.h"

namespace weir::config {

using enum ConfigType;
using enum Importance;
using enum Effect;
using enum Update;

namespace {

// What Kafka has no word for.
constexpr ConfigDef kTable[] = {
    {"weir.allow.strangers",
     kBoolean,
     "false",
     kHigh,
     {},
     kWorks,
     kAtStart,
     "Whether a listener that other machines can reach may let in clients that do not show who they are.",
     ""},
    {"weir.durability", kString, "kernel", kHigh, oneOf("kernel|interval|durable"), kWorks, kAtStart,
     "What an acknowledgement means. kernel: handed to the operating system, as Kafka does; survives a killed process, "
     "not a power cut. interval: as kernel, and flushed every weir.durability.interval.ms. durable: on the disk before "
     "the answer.",
     ""},
    {"weir.durability.interval.ms", kInt, "1000", kMedium, atLeast(1), kWorks, kAtStart,
     "Time between two flushes when weir.durability is interval: the most that a power cut can take.", ""},
    {"weir.schema.registry.port", kInt, "-1", kMedium, range(-1, 65535), kWorks, kLive,
     "Port of 127.0.0.1 on which the schema registry answers over HTTP, as Confluent's does (8081 there). -1: closed. "
     "0: "
     "any free port.",
     ""},
    {"weir.transaction.version", kString, "2", kLow, oneOf("1|2"), kWorks, kAtStart,
     "The feature level transaction.version that clients are told until it is changed with UpdateFeatures: 2 gives "
     "every "
     "transaction an epoch of its own, 1 is the protocol before Kafka 4.0.",
     ""},
    {"weir.undo.ms", kLong, "1800000", kMedium, atLeast(0), kWorks, kLive,
     "Time for which a deleted topic can be brought back; its files stay on the disk that long, or until the disk is "
     "nearly full. 0 removes them at once.",
     ""},
};

}  // namespace

std::span<const ConfigDef> weirTable() {
    return kTable;
}

}  // namespace weir::config
