// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "broker/registry/schema.h"

namespace weir::registry {

/// An Avro schema by the specification 1.12.
Result<SchemaPtr, std::string> parseAvro(std::string_view text, const std::vector<Dependency>& dependencies,
                                         Strictness strictness);

}  // namespace weir::registry
