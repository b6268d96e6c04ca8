// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/exchange/csv.h"

namespace weir::app {

bool CsvReader::next(std::vector<CsvField>& row) {
    row.clear();
    while (m_in.peek() == '\n' || m_in.peek() == '\r') {
        m_line += m_in.get() == '\n' ? 1 : 0;
    }
    m_rowLine = m_line;
    if (m_in.peek() == std::istream::traits_type::eof()) {
        return false;
    }
    bool more = true;
    while (more) {
        row.emplace_back();
        more = readField(row.back());
    }
    return true;
}

bool CsvReader::readField(CsvField& field) {
    constexpr auto kEnd = std::istream::traits_type::eof();
    if (m_in.peek() == '"') {
        field.isQuoted = true;
        m_in.get();
        for (;;) {
            const int c = m_in.get();
            if (c == kEnd) {
                m_isBroken = true;
                return false;
            }
            if (c == '"') {
                if (m_in.peek() != '"') {
                    break;
                }
                m_in.get();
            }
            m_line += c == '\n' ? 1 : 0;
            field.text += static_cast<char>(c);
        }
    }
    for (;;) {
        const int c = m_in.get();
        if (c == kEnd) {
            return false;
        }
        if (c == '\n') {
            ++m_line;
            return false;
        }
        if (c == m_separator) {
            return true;
        }
        if (c != '\r' || m_in.peek() != '\n') {
            field.text += static_cast<char>(c);
        }
    }
}

void appendCsv(std::string& out, std::string_view text, char separator, bool mustQuote) {
    const bool needsQuotes = mustQuote || text.find_first_of("\"\r\n") != std::string_view::npos ||
                             text.find(separator) != std::string_view::npos || text.starts_with(' ') ||
                             text.ends_with(' ');
    if (!needsQuotes) {
        out += text;
        return;
    }
    out += '"';
    for (const char c : text) {
        if (c == '"') {
            out += '"';
        }
        out += c;
    }
    out += '"';
}

}  // namespace weir::app
