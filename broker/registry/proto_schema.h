// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "broker/registry/schema.h"

namespace weir::registry {

/// A .proto file, as text or, as some clients send it, as a serialized FileDescriptorProto in base 64. Both have one
/// canonical form, so the same file gets the same id from every client.
Result<SchemaPtr, std::string> parseProto(std::string_view text, const std::vector<Dependency>& dependencies);

}  // namespace weir::registry
