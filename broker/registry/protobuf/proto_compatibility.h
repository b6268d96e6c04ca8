// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "broker/registry/schema.h"

namespace google::protobuf {
class FileDescriptor;
}

namespace weir::registry {

/// Why messages of `writer` cannot be read with `reader`: fields are compared by number and type, messages by name
/// inside their package, as Confluent's rules do.
std::vector<Incompatibility> whyUnreadable(const google::protobuf::FileDescriptor& reader,
                                           const google::protobuf::FileDescriptor& writer, Roles roles);

}  // namespace weir::registry
