// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/serdes/message_pack.h"

#include <spdlog/fmt/fmt.h>

#include <bit>
#include <cmath>
#include <cstdint>

#include "app/serdes/decoders.h"
#include "app/serdes/json_text.h"
#include "app/serdes/visible_text.h"

namespace weir::app {

namespace {

class Reader {
public:
    explicit Reader(ByteView bytes) : m_bytes(bytes) {}

    Result<std::string, std::string> read() {
        if (m_bytes.empty()) {
            return fail(std::string("it is empty."));
        }
        if (!value(0)) {
            return fail(std::move(m_why));
        }
        if (m_at != m_bytes.size()) {
            return fail(fmt::format("one value ends at byte {} of {}.", m_at, m_bytes.size()));
        }
        return std::move(m_out);
    }

private:
    static constexpr int kMaxDepth = 256;

    bool stop(std::string why) {
        m_why = std::move(why);
        return false;
    }
    bool need(std::size_t count) {
        if (m_bytes.size() - m_at < count) {
            return stop(fmt::format("{} more bytes are needed at byte {}.", count - (m_bytes.size() - m_at), m_at));
        }
        return true;
    }
    template <class Int>
    bool take(Int& into) {
        if (!need(sizeof(Int))) {
            return false;
        }
        into = loadBigEndian<Int>(m_bytes.data() + m_at);
        m_at += sizeof(Int);
        return true;
    }
    template <class Int>
    bool number() {
        Int integer{};
        if (!take(integer)) {
            return false;
        }
        m_out += fmt::format("{}", integer);
        return true;
    }
    template <class Real>
    void real(Real value) {
        // JSON has no words for these; as text they stay visible.
        m_out += std::isfinite(value) ? fmt::format("{}", value) : fmt::format("\"{}\"", value);
    }

    template <class Length>
    bool length(std::size_t& into) {
        Length raw{};
        if (!take(raw)) {
            return false;
        }
        into = static_cast<std::size_t>(static_cast<std::make_unsigned_t<Length>>(raw));
        return true;
    }

    bool text(std::size_t size) {
        if (!need(size)) {
            return false;
        }
        const std::string_view view = asText(m_bytes.subspan(m_at, size));
        if (findInvalidUtf8(view)) {
            return stop(fmt::format("the string at byte {} is not UTF-8.", m_at));
        }
        json::appendQuoted(m_out, view);
        m_at += size;
        return true;
    }
    bool binary(std::size_t size) {
        if (!need(size)) {
            return false;
        }
        m_out += fmt::format("{{\"$bin\":\"{}\"}}", toBase64(m_bytes.subspan(m_at, size)));
        m_at += size;
        return true;
    }
    bool extension(std::size_t size) {
        std::int8_t type = 0;
        if (!take(type) || !need(size)) {
            return false;
        }
        const ByteView data = m_bytes.subspan(m_at, size);
        m_at += size;
        if (type == -1 && size == 4) {
            m_out += fmt::format("{{\"$time\":{}}}", loadBigEndian<std::uint32_t>(data.data()));
        } else if (type == -1 && size == 8) {
            // 30 bits of nanoseconds, 34 of seconds.
            const auto both = loadBigEndian<std::uint64_t>(data.data());
            m_out += fmt::format("{{\"$time\":{}.{:09}}}", both & 0x3ffffffffULL, both >> 34);
        } else {
            m_out += fmt::format("{{\"$ext\":{},\"data\":\"{}\"}}", type, toBase64(data));
        }
        return true;
    }

    bool array(std::size_t count, int depth) {
        m_out += '[';
        for (std::size_t i = 0; i < count; ++i) {
            if (i != 0) {
                m_out += ',';
            }
            if (!value(depth + 1)) {
                return false;
            }
        }
        m_out += ']';
        return true;
    }
    bool map(std::size_t count, int depth) {
        m_out += '{';
        for (std::size_t i = 0; i < count; ++i) {
            if (i != 0) {
                m_out += ',';
            }
            const std::size_t from = m_out.size();
            if (!value(depth + 1)) {
                return false;
            }
            if (m_out[from] != '"') {
                const std::string key = m_out.substr(from);
                m_out.resize(from);
                json::appendQuoted(m_out, key);
            }
            m_out += ':';
            if (!value(depth + 1)) {
                return false;
            }
        }
        m_out += '}';
        return true;
    }

    bool value(int depth) {
        std::uint8_t type = 0;
        if (depth > kMaxDepth) {
            return stop("it is nested deeper than 256 levels.");
        }
        if (!take(type)) {
            return false;
        }
        if (type < 0x80 || type >= 0xe0) {
            m_out += fmt::format("{}", static_cast<int>(static_cast<std::int8_t>(type)));
            return true;
        }
        if (type < 0x90) {
            return map(type & 0x0f, depth);
        }
        if (type < 0xa0) {
            return array(type & 0x0f, depth);
        }
        if (type < 0xc0) {
            return text(type & 0x1f);
        }
        return tagged(type, depth);
    }

    bool tagged(std::uint8_t type, int depth) {
        std::size_t size = 0;
        switch (type) {
            case 0xc0:
                m_out += "null";
                return true;
            case 0xc2:
                m_out += "false";
                return true;
            case 0xc3:
                m_out += "true";
                return true;
            case 0xc4:
                return length<std::uint8_t>(size) && binary(size);
            case 0xc5:
                return length<std::uint16_t>(size) && binary(size);
            case 0xc6:
                return length<std::uint32_t>(size) && binary(size);
            case 0xc7:
                return length<std::uint8_t>(size) && extension(size);
            case 0xc8:
                return length<std::uint16_t>(size) && extension(size);
            case 0xc9:
                return length<std::uint32_t>(size) && extension(size);
            case 0xca:
                return realBits<float, std::uint32_t>();
            case 0xcb:
                return realBits<double, std::uint64_t>();
            case 0xcc:
                return number<std::uint8_t>();
            case 0xcd:
                return number<std::uint16_t>();
            case 0xce:
                return number<std::uint32_t>();
            case 0xcf:
                return number<std::uint64_t>();
            case 0xd0:
                return number<std::int8_t>();
            case 0xd1:
                return number<std::int16_t>();
            case 0xd2:
                return number<std::int32_t>();
            case 0xd3:
                return number<std::int64_t>();
            case 0xd9:
                return length<std::uint8_t>(size) && text(size);
            case 0xda:
                return length<std::uint16_t>(size) && text(size);
            case 0xdb:
                return length<std::uint32_t>(size) && text(size);
            case 0xdc:
                return length<std::uint16_t>(size) && array(size, depth);
            case 0xdd:
                return length<std::uint32_t>(size) && array(size, depth);
            case 0xde:
                return length<std::uint16_t>(size) && map(size, depth);
            case 0xdf:
                return length<std::uint32_t>(size) && map(size, depth);
            default:
                break;
        }
        if (type >= 0xd4 && type <= 0xd8) {
            return extension(std::size_t{1} << (type - 0xd4));
        }
        return stop(fmt::format("byte {} (0x{:02x}) starts nothing.", m_at - 1, type));
    }

    template <class Real, class Bits>
    bool realBits() {
        Bits bits{};
        if (!take(bits)) {
            return false;
        }
        real(std::bit_cast<Real>(bits));
        return true;
    }

    ByteView m_bytes;
    std::size_t m_at = 0;
    std::string m_out;
    std::string m_why;
};

}  // namespace

Result<std::string, std::string> messagePackToJson(ByteView bytes) {
    return Reader(bytes).read();
}

}  // namespace weir::app
