// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/json_index.h"

#include <algorithm>

namespace weir::ui {
namespace {

/// Position just behind the string that begins at `from`, or -1.
qsizetype stringEnd(QStringView text, qsizetype from) {
    for (qsizetype i = from + 1; i < text.size(); ++i) {
        if (text.at(i) == QLatin1Char('\\')) {
            ++i;
        } else if (text.at(i) == QLatin1Char('"')) {
            return i + 1;
        }
    }
    return -1;
}

/// Where the value begins on a member's line, or the start when there is no name.
qsizetype valueStart(QStringView line) {
    if (!line.startsWith(QLatin1Char('"'))) {
        return 0;
    }
    qsizetype at = stringEnd(line, 0);
    while (at > 0 && at < line.size() && line.at(at).isSpace()) {
        ++at;
    }
    if (at <= 0 || at >= line.size() || line.at(at) != QLatin1Char(':')) {
        return 0;
    }
    ++at;
    while (at < line.size() && line.at(at).isSpace()) {
        ++at;
    }
    return at;
}

}  // namespace

void JsonIndex::begin(const QString& text, Kind kind) {
    m_text = text;
    m_kind = kind;
    m_lines.clear();
    m_open.clear();
    m_at = 0;
    m_lineStart = -1;
    m_inString = m_escaped = false;
}

void JsonIndex::step(qsizetype characters) {
    const qsizetype until = std::min(m_text.size(), m_at + characters);
    if (m_kind == Kind::kJson) {
        stepJson(until);
    } else {
        stepPlain(until);
    }
    if (done() && m_lineStart >= 0) {
        endLine(m_text.size());
    }
}

void JsonIndex::stepPlain(qsizetype until) {
    for (; m_at < until; ++m_at) {
        if (m_lineStart < 0) {
            beginLine();
        }
        if (m_text.at(m_at) == QLatin1Char('\n')) {
            endLine(m_at);
        }
    }
}

void JsonIndex::beginLine() {
    m_lineStart = m_at;
}

void JsonIndex::endLine(qsizetype end) {
    if (m_lineStart < 0) {
        return;
    }
    IndexedLine line;
    line.start = m_lineStart;
    line.length = end - m_lineStart;
    while (line.length > 0 && m_text.at(line.start + line.length - 1).isSpace()) {
        --line.length;
    }
    line.depth = static_cast<int>(m_open.size());
    if (!m_open.empty()) {
        line.parent = m_open.back();
        line.place = m_lines[static_cast<std::size_t>(m_open.back())].children++;
    }
    m_lines.push_back(line);
    m_lineStart = -1;
}

void JsonIndex::openBracket() {
    if (m_lineStart < 0) {
        beginLine();
    }
    ++m_at;
    endLine(m_at);
    m_open.push_back(static_cast<int>(m_lines.size()) - 1);
}

void JsonIndex::closeBracket() {
    endLine(m_at);
    const int opener = m_open.empty() ? -1 : m_open.back();
    if (opener >= 0) {
        m_open.pop_back();
    }
    beginLine();
    ++m_at;
    // A comma belongs to the line that it ends.
    qsizetype next = m_at;
    while (next < m_text.size() && m_text.at(next).isSpace()) {
        ++next;
    }
    if (next < m_text.size() && m_text.at(next) == QLatin1Char(',')) {
        m_at = next + 1;
    }
    endLine(m_at);
    IndexedLine& closing = m_lines.back();
    if (closing.parent >= 0) {
        --m_lines[static_cast<std::size_t>(closing.parent)].children;
    }
    if (opener >= 0) {
        m_lines[static_cast<std::size_t>(opener)].close = static_cast<int>(m_lines.size()) - 1;
        closing.place = m_lines[static_cast<std::size_t>(opener)].place;
    }
}

void JsonIndex::stepJson(qsizetype until) {
    while (m_at < until) {
        const QChar c = m_text.at(m_at);
        if (m_inString) {
            if (m_escaped) {
                m_escaped = false;
            } else if (c == QLatin1Char('\\')) {
                m_escaped = true;
            } else if (c == QLatin1Char('"')) {
                m_inString = false;
            }
            ++m_at;
        } else if (c == QLatin1Char('{') || c == QLatin1Char('[')) {
            openBracket();
        } else if (c == QLatin1Char('}') || c == QLatin1Char(']')) {
            closeBracket();
        } else if (c == QLatin1Char(',')) {
            if (m_lineStart < 0) {
                beginLine();
            }
            ++m_at;
            endLine(m_at);
        } else if (c.isSpace()) {
            ++m_at;
        } else {
            if (m_lineStart < 0) {
                beginLine();
            }
            m_inString = c == QLatin1Char('"');
            ++m_at;
        }
    }
}

QString JsonIndex::keyOf(int line) const {
    const IndexedLine& l = m_lines.at(static_cast<std::size_t>(line));
    const QStringView text = QStringView(m_text).mid(l.start, l.length);
    if (valueStart(text) == 0) {
        return {};
    }
    return text.mid(1, stringEnd(text, 0) - 2).toString();
}

QString JsonIndex::pathOf(int line) const {
    QString path;
    for (int at = line; at >= 0; at = m_lines.at(static_cast<std::size_t>(at)).parent) {
        const IndexedLine& l = m_lines.at(static_cast<std::size_t>(at));
        if (l.parent < 0) {
            break;
        }
        const QString key = keyOf(at);
        const QString part = key.isEmpty() ? QStringLiteral("[%1]").arg(l.place) : key;
        const bool dot = !path.isEmpty() && !path.startsWith(QLatin1Char('['));
        path = part + (dot ? QStringLiteral(".") : QString()) + path;
    }
    return path;
}

QString JsonIndex::valueOf(int line) const {
    const IndexedLine& l = m_lines.at(static_cast<std::size_t>(line));
    const qsizetype skip = valueStart(QStringView(m_text).mid(l.start, l.length));
    qsizetype end = l.start + l.length;
    if (l.close >= 0) {
        const IndexedLine& closing = m_lines.at(static_cast<std::size_t>(l.close));
        end = closing.start + closing.length;
    }
    QString value = m_text.mid(l.start + skip, end - l.start - skip).trimmed();
    if (value.endsWith(QLatin1Char(','))) {
        value.chop(1);
    }
    return value;
}

}  // namespace weir::ui
