// SPDX-License-Identifier: GPL-3.0-or-later
#include <charconv>
#include <chrono>

#include "app/search/expression.h"

namespace weir::app {

namespace {

class TimeReader {
public:
    explicit TimeReader(std::string_view text) : m_text(text) {}

    // Exactly `digits` digits between the limits.
    bool number(std::size_t digits, int low, int high, int& out) {
        if (m_text.size() < digits) {
            return false;
        }
        const auto [end, error] = std::from_chars(m_text.data(), m_text.data() + digits, out);
        if (error != std::errc() || end != m_text.data() + digits || out < low || out > high) {
            return false;
        }
        m_text.remove_prefix(digits);
        return true;
    }
    bool take(char c) {
        if (m_text.empty() || m_text.front() != c) {
            return false;
        }
        m_text.remove_prefix(1);
        return true;
    }
    // Milliseconds from any number of digits.
    int fraction() {
        int ms = 0;
        int weight = 100;
        while (!m_text.empty() && m_text.front() >= '0' && m_text.front() <= '9') {
            ms += (m_text.front() - '0') * weight;
            weight /= 10;
            m_text.remove_prefix(1);
        }
        return ms;
    }
    [[nodiscard]] bool atEnd() const { return m_text.empty(); }

private:
    std::string_view m_text;
};

bool readZone(TimeReader& reader, int& minutes) {
    if (reader.atEnd() || reader.take('Z') || reader.take('z')) {
        return reader.atEnd();
    }
    const int sign = reader.take('+') ? 1 : reader.take('-') ? -1 : 0;
    int hour = 0;
    int minute = 0;
    if (sign == 0 || !reader.number(2, 0, 14, hour)) {
        return false;
    }
    reader.take(':');
    if (!reader.atEnd() && !reader.number(2, 0, 59, minute)) {
        return false;
    }
    minutes = sign * (hour * 60 + minute);
    return reader.atEnd();
}

}  // namespace

bool parseIsoTime(std::string_view text, Timestamp& out) {
    TimeReader reader(text);
    int year = 0;
    int month = 0;
    int day = 0;
    if (!reader.number(4, 1970, 9999, year) || !reader.take('-') || !reader.number(2, 1, 12, month) ||
        !reader.take('-') || !reader.number(2, 1, 31, day)) {
        return false;
    }
    int hour = 0;
    int minute = 0;
    int second = 0;
    int ms = 0;
    int zone = 0;
    if (reader.take('T') || reader.take('t') || reader.take(' ')) {
        if (!reader.number(2, 0, 23, hour) || !reader.take(':') || !reader.number(2, 0, 59, minute)) {
            return false;
        }
        if (reader.take(':')) {
            if (!reader.number(2, 0, 59, second)) {
                return false;
            }
            if (reader.take('.')) {
                ms = reader.fraction();
            }
        }
    }
    if (!readZone(reader, zone)) {
        return false;
    }
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok()) {
        return false;
    }
    const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
    out = Timestamp(((days * 24 + hour) * 60 + minute - zone) * 60'000 + second * 1000 + ms);
    return true;
}

}  // namespace weir::app
