// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "broker/model/record.h"

namespace weir::app {

/// A shell line that publishes the same record with kcat. Bytes that a shell cannot hold go through printf.
[[nodiscard]] std::string kcatCommand(const std::string& bootstrap, const std::string& topic,
                                      const OutgoingRecord& record);

}  // namespace weir::app
