// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/search/expression.h"

namespace weir::app {

enum class TokenKind { kEnd, kWord, kNumber, kDuration, kText, kSymbol };

struct Token {
    TokenKind kind = TokenKind::kEnd;
    /// Words and symbols as written, text without quotes and escapes.
    std::string text;
    Literal number;
    int column = 0;
    int endColumn = 0;
};

/// The expression cut into tokens, the last one kEnd.
[[nodiscard]] Result<std::vector<Token>, FilterError> tokenize(std::string_view text);

}  // namespace weir::app
