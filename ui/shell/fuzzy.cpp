// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/fuzzy.h"

#include <utility>

namespace weir::ui {
namespace {

bool beginsWord(const QString& text, qsizetype at) {
    if (at == 0) {
        return true;
    }
    const QChar before = text.at(at - 1);
    return !before.isLetterOrNumber() || (before.isLower() && text.at(at).isUpper());
}

}  // namespace

std::optional<FuzzyMatch> fuzzyMatch(const QString& query, const QString& text) {
    FuzzyMatch match;
    if (const qsizetype whole = text.indexOf(query, 0, Qt::CaseInsensitive); whole >= 0 && !query.isEmpty()) {
        // In one piece at the beginning of a word beats everything; inside a word it beats what is scattered inside
        // words.
        match.score = whole == 0 ? 1500 : beginsWord(text, whole) ? 1250 : 15 * static_cast<int>(query.size());
        match.score -= static_cast<int>(text.size());
        for (qsizetype i = 0; i < query.size(); ++i) {
            match.places.push_back(static_cast<int>(whole + i));
        }
        if (match.score > 1000) {
            return match;
        }
    }
    const FuzzyMatch inOnePiece = std::exchange(match, {});
    qsizetype at = 0;
    for (const QChar wanted : query) {
        if (wanted.isSpace()) {
            continue;
        }
        // The next beginning of a word wins over the next character at all.
        qsizetype found = -1;
        qsizetype any = -1;
        for (qsizetype i = at; i < text.size() && found < 0; ++i) {
            if (text.at(i).toLower() == wanted.toLower()) {
                any = any < 0 ? i : any;
                if (beginsWord(text, i) || i == at) {
                    found = i;
                }
            }
        }
        found = found < 0 ? any : found;
        if (found < 0) {
            return std::nullopt;
        }
        match.score += beginsWord(text, found) ? 20 : found == at ? 10 : 1;
        match.places.push_back(static_cast<int>(found));
        at = found + 1;
    }
    match.score -= static_cast<int>(text.size());
    return inOnePiece.places.empty() || match.score > inOnePiece.score ? match : inOnePiece;
}

}  // namespace weir::ui
