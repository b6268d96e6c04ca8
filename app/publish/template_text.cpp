// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/publish/template_text.h"

#include <spdlog/fmt/chrono.h>
#include <spdlog/fmt/fmt.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <iterator>
#include <numbers>

#include "app/serdes/json_path.h"

namespace weir::app {

namespace {

enum class Kind { kText, kSequence, kUuid, kNow, kNowIso, kInt, kFloat, kPick, kName, kWalk };

constexpr std::array<std::string_view, 24> kNames{"Ada",   "Alan",   "Anita", "Barbara", "Claude",   "Dennis",
                                                  "Edgar", "Emmy",   "Grace", "Hedy",    "Ivan",     "Jean",
                                                  "John",  "Karen",  "Ken",   "Linus",   "Margaret", "Niklaus",
                                                  "Radia", "Sophie", "Tim",   "Tony",    "Vint",     "Whitfield"};

double unit(Random& random) {
    return static_cast<double>(random.next() >> 11) * 0x1.0p-53;
}

std::vector<std::string> wordsOf(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    for (const char c : text) {
        if (c != ' ' && c != '\t') {
            word += c;
        } else if (!word.empty()) {
            words.push_back(std::move(word));
            word.clear();
        }
    }
    if (!word.empty()) {
        words.push_back(std::move(word));
    }
    return words;
}

void appendUuid(Random& random, std::string& out) {
    const std::uint64_t high = (random.next() & ~0xf000ULL) | 0x4000ULL;
    const std::uint64_t low = (random.next() & ~(3ULL << 62)) | (1ULL << 63);
    fmt::format_to(std::back_inserter(out), "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xffff,
                   high & 0xffff, low >> 48, low & 0xffffffffffffULL);
}

void appendIso(Timestamp at, std::string& out) {
    const std::chrono::sys_time<std::chrono::milliseconds> time{std::chrono::milliseconds(at.value)};
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    fmt::format_to(std::back_inserter(out), "{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                   fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)), (time - seconds).count());
}

}  // namespace

struct TemplateText::Part {
    Kind kind = Kind::kText;
    std::string text;
    std::vector<std::string> words;
    std::int64_t low = 0;
    std::int64_t high = 0;
    double from = 0;
    double to = 0;
    int decimals = 2;
    /// kWalk: `from` is where it stands, `to` the deviation of a step.

    // Sets the part up from "int 1 100"; an error is a sentence.
    Result<void, std::string> parse(const std::vector<std::string>& call);
};

namespace {

Result<void, std::string> usage(std::string_view example) {
    return fail(fmt::format("Write it like {{{{{}}}}}.", example));
}

}  // namespace

Result<void, std::string> TemplateText::Part::parse(const std::vector<std::string>& call) {
    const std::string& name = call.front();
    std::array<double, 3> numbers{};
    bool areNumbers = call.size() <= 4;
    for (std::size_t i = 1; i < call.size() && areNumbers; ++i) {
        const auto number = json::parseNumber(call[i]);
        areNumbers = number.has_value() && std::isfinite(number->real);
        numbers[i - 1] = areNumbers ? number->real : 0;
    }
    if (name == "seq" || name == "uuid" || name == "name") {
        kind = name == "seq" ? Kind::kSequence : name == "uuid" ? Kind::kUuid : Kind::kName;
        return call.size() == 1 ? Result<void, std::string>() : usage(name);
    }
    if (name == "now") {
        kind = call.size() == 1 ? Kind::kNow : Kind::kNowIso;
        return call.size() == 1 || (call.size() == 2 && call[1] == "iso") ? Result<void, std::string>()
                                                                          : usage("now iso");
    }
    if (name == "int") {
        kind = Kind::kInt;
        low = static_cast<std::int64_t>(numbers[0]);
        high = static_cast<std::int64_t>(numbers[1]);
        const bool fits = std::fabs(numbers[0]) < 9e15 && std::fabs(numbers[1]) < 9e15 && low <= high;
        return areNumbers && call.size() == 3 && fits ? Result<void, std::string>() : usage("int 1 100");
    }
    if (name == "float") {
        kind = Kind::kFloat;
        from = numbers[0];
        to = numbers[1];
        decimals = call.size() == 4 ? static_cast<int>(numbers[2]) : 2;
        const bool fits = areNumbers && (call.size() == 3 || call.size() == 4) && from <= to;
        return fits && decimals >= 0 && decimals <= 12 ? Result<void, std::string>() : usage("float 1 100 2");
    }
    if (name == "walk") {
        kind = Kind::kWalk;
        from = numbers[0];
        to = numbers[1];
        return areNumbers && call.size() == 3 && to >= 0 ? Result<void, std::string>() : usage("walk 100 0.5");
    }
    if (name == "pick") {
        kind = Kind::kPick;
        words.assign(call.begin() + 1, call.end());
        return words.empty() ? usage("pick red green blue") : Result<void, std::string>();
    }
    return fail("There is no generator \u201c" + name +
                "\u201d. There are seq, uuid, now, int, float, pick, name and walk.");
}

TemplateText::TemplateText() = default;
TemplateText::TemplateText(TemplateText&&) noexcept = default;
TemplateText& TemplateText::operator=(TemplateText&&) noexcept = default;
TemplateText::~TemplateText() = default;

Result<TemplateText, std::string> TemplateText::compile(std::string_view text) {
    TemplateText result;
    while (!text.empty()) {
        const std::size_t open = text.find("{{");
        if (open != 0) {
            Part part;
            part.text = text.substr(0, open);
            result.m_parts.push_back(std::move(part));
            text.remove_prefix(std::min(open, text.size()));
            continue;
        }
        const std::size_t close = text.find("}}");
        if (close == std::string_view::npos) {
            return fail(std::string("A generator that starts with {{ does not end with }}."));
        }
        const auto words = wordsOf(text.substr(2, close - 2));
        // JSON such as {"a":{{"b":1}} is no generator; only a word makes one.
        if (words.empty()) {
            return fail(std::string("Between {{ and }} stands the name of a generator."));
        }
        Part part;
        if (auto parsed = part.parse(words); !parsed) {
            return fail(std::string(parsed.error()));
        }
        result.m_parts.push_back(std::move(part));
        text.remove_prefix(close + 2);
    }
    return result;
}

bool TemplateText::isConstant() const {
    for (const Part& part : m_parts) {
        if (part.kind != Kind::kText) {
            return false;
        }
    }
    return true;
}

void TemplateText::render(std::int64_t sequence, Timestamp now, Random& random, std::string& out) {
    out.clear();
    const auto into = std::back_inserter(out);
    for (Part& part : m_parts) {
        switch (part.kind) {
            case Kind::kText:
                out += part.text;
                break;
            case Kind::kSequence:
                fmt::format_to(into, "{}", sequence);
                break;
            case Kind::kUuid:
                appendUuid(random, out);
                break;
            case Kind::kNow:
                fmt::format_to(into, "{}", now.value);
                break;
            case Kind::kNowIso:
                appendIso(now, out);
                break;
            case Kind::kInt:
                fmt::format_to(into, "{}",
                               part.low + static_cast<std::int64_t>(
                                              random.next() % static_cast<std::uint64_t>(part.high - part.low + 1)));
                break;
            case Kind::kFloat:
                fmt::format_to(into, "{:.{}f}", part.from + unit(random) * (part.to - part.from), part.decimals);
                break;
            case Kind::kPick:
                out += part.words[random.next() % part.words.size()];
                break;
            case Kind::kName:
                out += kNames[random.next() % kNames.size()];
                break;
            case Kind::kWalk: {
                const double radius = std::sqrt(-2 * std::log(1.0 - unit(random)));
                part.from += part.to * radius * std::cos(2 * std::numbers::pi * unit(random));
                fmt::format_to(into, "{:.2f}", part.from);
                break;
            }
        }
    }
}

}  // namespace weir::app
