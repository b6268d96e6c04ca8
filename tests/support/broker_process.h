// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/child.h"
#include "tests/support/loopback.h"

namespace weir::test {

/// weir-broker as a child process on a loopback port, for tests that kill it. Restarting keeps folder and port.
/// Throws std::runtime_error when the broker does not come up: a test's setting has failed, not its subject.
class BrokerProcess {
public:
    BrokerProcess(std::string program, std::string folder, std::vector<std::string> options = {})
        : m_program(std::move(program)), m_folder(std::move(folder)), m_options(std::move(options)) {}
    ~BrokerProcess() {
        if (m_pid > 0) {
            end(SIGKILL);
        }
    }
    BrokerProcess(const BrokerProcess&) = delete;
    BrokerProcess& operator=(const BrokerProcess&) = delete;

    /// Before the start: the broker's log goes there and not to ours.
    void logTo(std::string path) { m_log = std::move(path); }
    /// Before the start, for a broker that advertises another port than it has: a free one that it keeps.
    void keepOwnPort() {
        const BoundSocket probe = bindAnyPort();
        m_port = probe.port;
        ::close(probe.socket);
        m_keepsPort = true;
    }
    /// Before the start: a command in front of the broker's own, which must become the broker (setpriv, strace -D).
    void runUnder(std::vector<std::string> command) { m_command = std::move(command); }
    /// Returns once the broker has said that it listens.
    void start() {
        ChildPipe out;
        std::vector<std::string> words = m_command;
        words.insert(words.end(), {m_program, "--data", m_folder, "--listen", "127.0.0.1:" + std::to_string(m_port)});
        words.insert(words.end(), m_options.begin(), m_options.end());
        const int log = m_log.empty() ? -1 : ::open(m_log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        m_pid = startChild(words, {out.writer(), log});
        ::close(log);
        out.closeWriter();
        const std::string line = readLine(out.reader());
        const bool hasRegistry = std::any_of(m_options.begin(), m_options.end(), [](const std::string& option) {
            return option.starts_with("weir.schema.registry.port=");
        });
        const std::string second = hasRegistry ? readLine(out.reader()) : std::string();
        const auto colon = line.rfind(':');
        if (!line.starts_with("listening on ") || colon == std::string::npos) {
            end(SIGKILL);
            throw std::runtime_error("the broker said: " + line);
        }
        m_port = m_keepsPort ? m_port : portIn(line);
        m_registryPort = second.empty() ? std::uint16_t{0} : portIn(second);
    }
    /// Waits until the broker has ended by itself, or was ended by somebody else; returns the wait status.
    int waitForEnd() {
        int status = 0;
        waitpid(m_pid, &status, 0);
        m_pid = -1;
        return status;
    }
    /// Sends the signal and waits for the end; returns the wait status.
    int end(int signal) {
        kill(m_pid, signal);
        return waitForEnd();
    }
    /// With weir.schema.registry.port among the options; may be another after each start.
    [[nodiscard]] std::uint16_t registryPort() const { return m_registryPort; }
    [[nodiscard]] std::string bootstrap() const { return "127.0.0.1:" + std::to_string(m_port); }
    [[nodiscard]] std::uint16_t port() const { return m_port; }
    [[nodiscard]] pid_t pid() const { return m_pid; }
    [[nodiscard]] const std::string& folder() const { return m_folder; }

private:
    static std::string readLine(int from) {
        std::string line;
        char c = 0;
        while (read(from, &c, 1) == 1 && c != '\n') {
            line.push_back(c);
        }
        return line;
    }
    static std::uint16_t portIn(const std::string& line) {
        return static_cast<std::uint16_t>(std::stoi(line.substr(line.rfind(':') + 1)));
    }

    std::string m_program;
    std::string m_folder;
    std::vector<std::string> m_options;
    std::vector<std::string> m_command;
    std::string m_log;
    std::uint16_t m_port = 0;
    bool m_keepsPort = false;
    std::uint16_t m_registryPort = 0;
    pid_t m_pid = -1;
};

}  // namespace weir::test
