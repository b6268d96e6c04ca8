// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/registry/proto_schema.h"

#include <dlfcn.h>

#include "broker/registry/protobuf/plugin.h"

namespace weir::registry {

namespace {

struct Module {
    ParseProto parse = nullptr;
    std::string whyNot;
};

Module load() {
    void* const module = ::dlopen(kProtobufModule, RTLD_NOW | RTLD_LOCAL);
    void* const entry = module != nullptr ? ::dlsym(module, kProtobufEntry) : nullptr;
    if (entry == nullptr) {
        const char* const reason = ::dlerror();
        return {nullptr, "Protobuf schemas cannot be read here: " + std::string(reason != nullptr ? reason : "")};
    }
    return {reinterpret_cast<decltype(&weirParseProto)>(entry)(), {}};
}

}  // namespace

Result<SchemaPtr, std::string> parseProto(std::string_view text, const std::vector<Dependency>& dependencies) {
    // Loaded once and never let go: schemas are made of its code.
    static const Module kModule = load();
    return kModule.parse != nullptr ? kModule.parse(text, dependencies)
                                    : Result<SchemaPtr, std::string>(fail(kModule.whyNot));
}

}  // namespace weir::registry
