// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <fcntl.h>
#include <spawn.h>
#include <sys/types.h>
#include <unistd.h>

#include <stdexcept>
#include <string>
#include <vector>

extern char** environ;  // NOLINT: POSIX names it so

namespace weir::test {

/// Where a child writes; -1 leaves it this process's own.
struct ChildOutput {
    int standardOutput = -1;
    int standardError = -1;
};

/// Starts a program, found on the path, and returns its id; who starts it waits for it. Throws std::runtime_error when
/// it cannot be started. Handles without FD_CLOEXEC go on to the child.
inline pid_t startChild(std::vector<std::string> words, ChildOutput output = {}) {
    std::vector<char*> argv;
    for (std::string& word : words) {
        argv.push_back(word.data());
    }
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    if (output.standardOutput >= 0) {
        posix_spawn_file_actions_adddup2(&actions, output.standardOutput, STDOUT_FILENO);
    }
    if (output.standardError >= 0) {
        posix_spawn_file_actions_adddup2(&actions, output.standardError, STDERR_FILENO);
    }
    pid_t pid = -1;
    const int code = posix_spawnp(&pid, words.front().c_str(), &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (code != 0) {
        throw std::runtime_error("cannot start " + words.front());
    }
    return pid;
}

/// A pipe that closes with its owner; its reader sees the end when every child that holds the other end has ended.
class ChildPipe {
public:
    ChildPipe() {
        if (pipe2(m_ends, O_CLOEXEC) != 0) {
            throw std::runtime_error("no pipe");
        }
    }
    ~ChildPipe() {
        ::close(m_ends[0]);
        closeWriter();
    }
    ChildPipe(const ChildPipe&) = delete;
    ChildPipe& operator=(const ChildPipe&) = delete;

    [[nodiscard]] int reader() const { return m_ends[0]; }
    [[nodiscard]] int writer() const { return m_ends[1]; }
    /// Once the child has its own.
    void closeWriter() {
        if (m_ends[1] >= 0) {
            ::close(m_ends[1]);
            m_ends[1] = -1;
        }
    }

private:
    int m_ends[2] = {-1, -1};
};

}  // namespace weir::test
