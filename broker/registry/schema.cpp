// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/registry/schema.h"

#include "broker/registry/avro_schema.h"
#include "broker/registry/json_schema.h"
#include "broker/registry/proto_schema.h"

namespace weir::registry {

std::string_view toText(SchemaType type) {
    switch (type) {
        case SchemaType::kAvro:
            return "AVRO";
        case SchemaType::kJson:
            return "JSON";
        case SchemaType::kProtobuf:
            return "PROTOBUF";
    }
    return "";
}

Result<SchemaPtr, std::string> parseSchema(SchemaType type, std::string_view text,
                                           const std::vector<Dependency>& dependencies, Strictness strictness) {
    switch (type) {
        case SchemaType::kAvro:
            return parseAvro(text, dependencies, strictness);
        case SchemaType::kJson:
            return parseJsonSchema(text, dependencies);
        case SchemaType::kProtobuf:
            return parseProto(text, dependencies);
    }
    return fail(std::string("Unknown schema type"));
}

}  // namespace weir::registry
