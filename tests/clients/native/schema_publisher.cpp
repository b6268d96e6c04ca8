// SPDX-License-Identifier: GPL-3.0-or-later
/// What the window's Publish page does with a schema: values given as JSON, encoded by the broker's registry and
/// published. Prints the broker's address and the registry's, a line each, and serves until its input ends.
#include <iostream>
#include <string>

#include "broker/api/broker.h"

using namespace weir;

namespace {

struct Case {
    const char* topic;
    const char* type;
    const char* schema;
    const char* json;
};
constexpr Case kCases[] = {
    {"published-avro", "AVRO",
     R"({"type":"record","name":"Order","namespace":"shop","fields":[{"name":"id","type":"long"},
         {"name":"note","type":["null","string"],"default":null},
         {"name":"tags","type":{"type":"array","items":"string"}},
         {"name":"state","type":{"type":"enum","name":"State","symbols":["NEW","PAID"]}},
         {"name":"price","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}}]})",
     R"({"id":4711,"note":"grün","tags":["a","b"],"state":"PAID","price":"-12.34"})"},
    {"published-json", "JSON",
     R"({"title":"Order","type":"object","required":["id"],
         "properties":{"id":{"type":"integer"},"note":{"type":"string"}}})",
     R"({"id":4711,"note":"grün"})"},
    {"published-proto", "PROTOBUF", R"(syntax = "proto3"; message Order { int64 id = 1; string note = 2; })",
     R"({"id":"4711","note":"grün"})"},
};

int complain(const std::string& why) {
    std::cerr << why << '\n';
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        return complain("usage: schema_publisher FOLDER");
    }
    api::BrokerOptions options;
    options.dataFolder = argv[1];
    options.listen = {{"127.0.0.1", 0}};
    options.configs = {{"weir.schema.registry.port", "0"}};
    auto started = api::Broker::start(std::move(options));
    if (!started) {
        return complain(started.error().message);
    }
    api::Broker& broker = **started;
    for (const Case& each : kCases) {
        const std::string subject = std::string(each.topic) + "-value";
        if (const auto added = broker.schemas().add({subject, each.type, each.schema, {}}); !added) {
            return complain(added.error().message);
        }
        const auto value = broker.schemas().encode(subject, {}, each.json);
        if (!value) {
            return complain(value.error().message);
        }
        NewTopic topic;
        topic.name = each.topic;
        if (const auto made = broker.createTopic(topic); !made) {
            return complain(made.error().message);
        }
        OutgoingRecord record;
        record.value = *value;
        if (const auto sent = broker.produce(each.topic, {record}, {}); !sent) {
            return complain(sent.error().message);
        }
    }
    std::cout << "127.0.0.1:" << broker.port() << '\n' << broker.schemas().url() << std::endl;
    std::string line;
    while (std::getline(std::cin, line)) {
    }
    return 0;
}
