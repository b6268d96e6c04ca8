// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string_view>

#include "app/search/evaluator.h"
#include "broker/model/record.h"
#include "broker/model/record_sieve.h"

/// From what a search looks for to the places in raw bytes where a match can stand. A sieve may let too much through,
/// never too little: keys, values and header values stand in a batch as they are, so a text that a record must hold
/// stands in its bytes; what is written with escapes in JSON is let through by its backslash.
namespace weir::app {

/// `text` without regard to the case of ASCII letters.
[[nodiscard]] std::unique_ptr<const RecordSieve> makeTextSieve(std::string_view text);

/// The longest text, else a pattern, that every match of the expression needs; nullptr when there is none.
[[nodiscard]] std::unique_ptr<const RecordSieve> makeFilterSieve(const filter::Node& root);

}  // namespace weir::app
