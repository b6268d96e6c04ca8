// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/faults/registrar.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <set>

#include "tests/support/loopback.h"

namespace {

constexpr int kSubjects = 10;

/// The whole answer; empty when nobody is there or the connection broke before its end.
std::string exchange(std::uint16_t port, const std::string& request) {
    const int handle = weir::test::connectTo(port);
    std::string answer;
    if (handle >= 0 &&
        ::send(handle, request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size())) {
        char buffer[4096];
        for (ssize_t got = ::recv(handle, buffer, sizeof buffer, 0); got > 0;
             got = ::recv(handle, buffer, sizeof buffer, 0)) {
            answer.append(buffer, static_cast<std::size_t>(got));
        }
    }
    ::close(handle);
    // An answer is whole with its body's last brace; half of one acknowledges nothing.
    return answer.ends_with('}') ? answer : std::string();
}

/// Different from every other, and a neighbour that each can read: what it has is named after its number.
std::string schemaOf(int number) {
    return R"({\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"f)" + std::to_string(number) +
           R"(\",\"type\":\"int\",\"default\":0}]})";
}

std::string post(int number) {
    const std::string body = R"({"schema":")" + schemaOf(number) + "\"}";
    return "POST /subjects/kill-" + std::to_string(number % kSubjects) +
           "/versions HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace

Registrar::Registrar(std::uint16_t port) : m_port(port), m_thread([this] { run(); }) {}

Registrar::~Registrar() {
    finish();
}

void Registrar::finish() {
    m_stop = true;
    if (m_thread.joinable()) {
        m_thread.join();
    }
}

void Registrar::run() {
    const std::string key = "{\"id\":";
    for (int number = 0; !m_stop;) {
        const std::string answer = exchange(m_port, post(number));
        if (answer.empty()) {
            std::this_thread::yield();
            continue;
        }
        const auto at = answer.find(key);
        if (at == std::string::npos) {
            ++m_refused;
        } else {
            m_ids[number] = std::atoi(answer.c_str() + at + key.size());
        }
        ++number;
    }
}

Registrar::Verdict Registrar::judge() const {
    Verdict verdict;
    verdict.acknowledged = m_ids.size();
    verdict.refused = m_refused;
    std::set<int> seen;
    for (const auto& [number, id] : m_ids) {
        const std::string answer = exchange(
            m_port, "GET /schemas/ids/" + std::to_string(id) + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        verdict.lost += answer.find(schemaOf(number)) == std::string::npos ? 1 : 0;
        verdict.shared += seen.insert(id).second ? 0 : 1;
    }
    return verdict;
}
