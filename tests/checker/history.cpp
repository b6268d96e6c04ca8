// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/checker/history.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <istream>
#include <sstream>
#include <string_view>

namespace weir::checker {

namespace {

constexpr std::array<std::string_view, 14> kDeedNames{"send",    "ack",    "refuse", "poll",      "assign",
                                                      "whole",   "remove", "commit", "committed", "uncommit",
                                                      "fetched", "begin",  "end",    "ended"};

template <class Number>
bool parse(std::string_view text, Number& into) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
    return error == std::errc{} && end == text.data() + text.size();
}

bool parsePlace(std::string_view text, Place& into) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) {
        return false;
    }
    into.topic = text.substr(0, colon);
    return parse(text.substr(colon + 1), into.partition);
}

bool parseField(std::string_view word, Event& event) {
    if (word == "f") {
        event.flag = true;
        return true;
    }
    if (word.size() < 2 || word[1] != '=') {
        return false;
    }
    const std::string_view text = word.substr(2);
    switch (word[0]) {
        case 'p':
            return parsePlace(text, event.place);
        case 'o':
            return parse(text, event.offset);
        case 's':
            return parse(text, event.asked);
        case 'v':
            event.value = text;
            return true;
        case 'x':
            event.transaction = text;
            return true;
        case 'g':
            event.group = text;
            return true;
        default:
            return false;
    }
}

}  // namespace

std::string toText(const Event& event) {
    std::string line = std::to_string(event.time) + " " + event.process + " ";
    line += kDeedNames[static_cast<std::size_t>(event.deed)];
    if (!event.place.topic.empty()) {
        line += " p=" + event.place.topic + ":" + std::to_string(event.place.partition);
    }
    if (event.offset != -1) {
        line += " o=" + std::to_string(event.offset);
    }
    for (const auto& [letter, text] :
         {std::pair{'v', &event.value}, std::pair{'x', &event.transaction}, std::pair{'g', &event.group}}) {
        if (!text->empty()) {
            line += std::string(" ") + letter + "=" + *text;
        }
    }
    if (event.asked != -1) {
        line += " s=" + std::to_string(event.asked);
    }
    return event.flag ? line + " f" : line;
}

Result<Event, std::string> eventFrom(const std::string& line) {
    std::istringstream words(line);
    Event event;
    std::string time;
    std::string deed;
    words >> time >> event.process >> deed;
    const auto* const found = std::find(kDeedNames.begin(), kDeedNames.end(), deed);
    if (!words || !parse(std::string_view(time), event.time) || found == kDeedNames.end()) {
        return fail("not an event: " + line);
    }
    event.deed = static_cast<Deed>(found - kDeedNames.begin());
    for (std::string word; words >> word;) {
        if (!parseField(word, event)) {
            return fail("not a field: " + word + " in " + line);
        }
    }
    return event;
}

Result<void, std::string> readJournal(std::istream& in, History& into) {
    for (std::string line; std::getline(in, line) && !in.eof();) {
        if (line.empty() || line.back() == kGoesOn[0]) {
            continue;
        }
        auto event = eventFrom(line);
        if (!event) {
            return fail(event.error());
        }
        into.push_back(*std::move(event));
    }
    return {};
}

void sortByTime(History& history) {
    std::stable_sort(history.begin(), history.end(), [](const Event& a, const Event& b) { return a.time < b.time; });
}

}  // namespace weir::checker
