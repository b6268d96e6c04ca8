// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "broker/protocol/codec.h"
#include "broker/protocol/frame.h"
#include "broker/protocol/headers.h"
#include "tests/simulation/script.h"
#include "tests/simulation/world.h"

namespace weir::simulation {

/// A Kafka client as a straight story: asks over the wire, in real bytes, and writes down what it did and saw. One
/// request after the other, unless a kind of client says otherwise.
class Client {
public:
    Client(World& world, std::string name) : m_world(world), m_name(std::move(name)), m_process(m_name) {}
    virtual ~Client() = default;
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    void begin() {
        m_script.emplace(run());
        m_script->start();
    }
    [[nodiscard]] bool isDone() const { return m_script && m_script->isDone(); }
    [[nodiscard]] const std::string& name() const { return m_name; }

protected:
    virtual Script<> run() = 0;

    [[nodiscard]] Dice& dice() { return m_world.dice(); }

    Script<> sleep(std::chrono::milliseconds span) {
        auto woken = std::make_shared<Moment<bool>>();
        m_world.timeline().after(span, [weak = std::weak_ptr(woken)] {
            if (const auto moment = weak.lock()) {
                moment->happen(true);
            }
        });
        co_await woken->wait();
    }
    Script<> sleepAbout(std::int64_t ms) { return sleep(std::chrono::milliseconds(dice().between(ms / 2, ms * 2))); }

    /// Connects anew where needed; nullptr: refused.
    Link* link() {
        if (!m_link || m_link->isBroken()) {
            m_link = m_world.connect();
        }
        return m_link.get();
    }
    void hangUp() {
        if (m_link) {
            m_link->drop();
            m_link = nullptr;
        }
    }

    template <class Request>
    std::shared_ptr<Moment<Answer>> send(const Request& request, std::int16_t version) {
        Link* const to = link();
        auto frame = to == nullptr ? std::nullopt
                                   : std::optional(protocol::encodeRequestFrame(
                                         request, protocol::ApiVersion(version),
                                         protocol::CorrelationId(m_correlation++), std::string_view(m_name)));
        if (!frame || !frame->ok()) {
            if (frame) {
                m_world.complain(m_name + " cannot say a request: " + frame->error().message);
            }
            auto nothing = std::make_shared<Moment<Answer>>();
            nothing->happen(std::nullopt);
            return nothing;
        }
        auto answered = to->submit((*frame)->flat());
        m_world.timeline().after(kPatience, [weak = std::weak_ptr(answered), on = std::weak_ptr(m_link)] {
            const auto moment = weak.lock();
            const auto same = on.lock();
            if (moment && same && !moment->hasHappened()) {
                same->drop();
            }
        });
        return answered;
    }

    /// What it says; its views live as long as `answer`.
    template <class Response>
    std::optional<Response> read(const Answer& answer, std::int16_t version) {
        if (!answer) {
            return std::nullopt;
        }
        const auto header = protocol::decodeResponseHeader(*answer, Response::kApiKey, protocol::ApiVersion(version));
        if (!header) {
            m_world.complain(m_name + " got no answer but bytes");
            return std::nullopt;
        }
        auto response =
            protocol::decode<Response>(header->body, protocol::ApiVersion(version), protocol::TrailingBytes::kRefuse);
        if (!response) {
            m_world.complain(m_name + " cannot read an answer: " + response.error().message);
            return std::nullopt;
        }
        return *std::move(response);
    }

    /// One request and its answer; nothing: the connection broke, and nobody knows what came of it. The answer's views
    /// live until the next call.
    template <class Response, class Request>
    Script<std::optional<Response>> call(Request request, std::int16_t version) {
        const auto answered = send(request, version);
        m_answer = co_await answered->wait();
        co_return read<Response>(m_answer, version);
    }

    void note(checker::Event event) {
        event.process = m_process;
        m_world.note(std::move(event));
    }
    /// Goes on as another process: what the old one asked for may still happen.
    void becomeAnother() { m_process = m_name + "." + std::to_string(++m_lives); }

    static constexpr std::chrono::milliseconds kPatience{5000};

    World& m_world;
    const std::string m_name;
    std::string m_process;
    std::shared_ptr<Link> m_link;

private:
    int m_lives = 0;
    std::int32_t m_correlation = 0;
    Answer m_answer;
    std::optional<Script<>> m_script;
};

}  // namespace weir::simulation
