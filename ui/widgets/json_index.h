// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <vector>

namespace weir::ui {

/// One line of a text as a view shows it: a slice of the text, never a copy. For JSON a line is a member, an element,
/// an opening or a closing bracket, however the text itself is broken into lines.
struct IndexedLine {
    qsizetype start = 0;
    qsizetype length = 0;
    int depth = 0;
    /// The line that closes the bracket this one opens; -1 when it opens none (or the text ends before).
    int close = -1;
    /// The line that opened the bracket this one stands in; -1 at the top.
    int parent = -1;
    /// Place among the siblings, for paths through arrays.
    int place = 0;
    /// Members or elements inside, when it opens a bracket.
    int children = 0;
};

/// Breaks JSON into lines without building a tree: no recursion, so depth costs nothing; whatever is malformed is shown
/// as it stands. Works in slices, so that a text of any size never stops the window: call step() until done().
class JsonIndex {
public:
    /// Not JSON: lines are broken at line feeds only.
    enum class Kind { kJson, kPlain };

    void begin(const QString& text, Kind kind);
    /// Goes on for about so many characters.
    void step(qsizetype characters);
    [[nodiscard]] bool done() const { return m_at >= m_text.size(); }
    [[nodiscard]] const std::vector<IndexedLine>& lines() const { return m_lines; }
    [[nodiscard]] const QString& text() const { return m_text; }
    [[nodiscard]] Kind kind() const { return m_kind; }
    /// "order.items[3].price" of a line; empty for the whole.
    [[nodiscard]] QString pathOf(int line) const;
    /// The text of the value on a line, brackets and all that they hold included.
    [[nodiscard]] QString valueOf(int line) const;
    /// The member's name on a line, without quotes; empty for elements and brackets.
    [[nodiscard]] QString keyOf(int line) const;

private:
    void stepJson(qsizetype until);
    void stepPlain(qsizetype until);
    void beginLine();
    void endLine(qsizetype end);
    void openBracket();
    void closeBracket();

    QString m_text;
    Kind m_kind = Kind::kJson;
    std::vector<IndexedLine> m_lines;
    std::vector<int> m_open;  // lines of the brackets that are open
    qsizetype m_at = 0;
    qsizetype m_lineStart = -1;  // -1: between lines
    bool m_inString = false;
    bool m_escaped = false;
};

}  // namespace weir::ui
