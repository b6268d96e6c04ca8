// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "broker/registry/schema.h"

namespace weir::registry {

/// What the module of this folder does, see parseProto().
using ParseProto = Result<SchemaPtr, std::string> (*)(std::string_view text,
                                                      const std::vector<Dependency>& dependencies);

/// The file of the module, beside which nothing is looked for, and the one function that it shows: it takes nothing and
/// gives a ParseProto. Both sides come from one build.
inline constexpr const char* kProtobufModule = "libweir_registry_protobuf.so";
inline constexpr const char* kProtobufEntry = "weirParseProto";

}  // namespace weir::registry

extern "C" weir::registry::ParseProto weirParseProto();
