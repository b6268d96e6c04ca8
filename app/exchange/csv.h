// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <istream>
#include <string>
#include <string_view>
#include <vector>

namespace weir::app {

struct CsvField {
    std::string text;
    bool isQuoted = false;
};

/// Reads RFC 4180 rows from a stream: quotes are doubled inside quotes, which may hold separators and line breaks.
/// Lines may end in LF or CRLF; empty lines are passed over. One thread.
class CsvReader {
public:
    CsvReader(std::istream& in, char separator) : m_in(in), m_separator(separator) {}
    /// False at the end. A row that breaks off inside quotes is handed out and isBroken() says so.
    bool next(std::vector<CsvField>& row);
    [[nodiscard]] bool isBroken() const { return m_isBroken; }
    /// Of the last row's first line, from 1.
    [[nodiscard]] long line() const { return m_rowLine; }

private:
    /// True: another field of the row follows.
    bool readField(CsvField& field);

    std::istream& m_in;
    char m_separator;
    bool m_isBroken = false;
    long m_line = 1;
    long m_rowLine = 1;
};

/// Quoted when it has to be, or when `mustQuote`.
void appendCsv(std::string& out, std::string_view text, char separator, bool mustQuote = false);

}  // namespace weir::app
