// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/faults/process_tools.h"

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/child.h"

namespace weir::test {

namespace {

std::string procFile(pid_t pid, const std::string& name) {
    return "/proc/" + std::to_string(pid) + "/" + name;
}

/// Reads what the child says until it closes its end or the time is up; true in the first case.
bool readUntil(int from, std::chrono::steady_clock::time_point limit, std::string& into) {
    for (;;) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(limit - std::chrono::steady_clock::now()).count();
        pollfd waiting{from, POLLIN, 0};
        if (left <= 0 || poll(&waiting, 1, static_cast<int>(left)) == 0) {
            return false;
        }
        char buffer[4096];
        const ssize_t got = read(from, buffer, sizeof buffer);
        if (got <= 0) {
            return true;
        }
        into.append(buffer, static_cast<std::size_t>(got));
    }
}

}  // namespace

std::size_t privateBytesOf(pid_t pid) {
    std::ifstream file(procFile(pid, "smaps_rollup"));
    std::string line;
    while (std::getline(file, line)) {
        if (line.starts_with("Private_Dirty:")) {
            return std::stoul(line.substr(line.find(':') + 1)) * 1024;
        }
    }
    return 0;
}

std::size_t handlesOf(pid_t pid) {
    std::error_code error;
    std::size_t count = 0;
    for (std::filesystem::directory_iterator at(procFile(pid, "fd"), error), end; !error && at != end;
         at.increment(error)) {
        ++count;
    }
    return count;
}

double cpuSecondsOf(pid_t pid) {
    std::ifstream file(procFile(pid, "stat"));
    std::string text;
    std::getline(file, text);
    std::istringstream fields(text.substr(text.rfind(')') + 1));
    std::string skipped;
    for (int i = 0; i < 11; ++i) {
        fields >> skipped;
    }
    double user = 0;
    double system = 0;
    fields >> user >> system;
    return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

bool endsWithin(pid_t pid, std::chrono::milliseconds time) {
    const int handle = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
    pollfd waiting{handle, POLLIN, 0};
    const bool isOver = handle >= 0 && poll(&waiting, 1, static_cast<int>(time.count())) > 0;
    close(handle);
    return isOver;
}

Outcome runToEnd(const std::vector<std::string>& command, int seconds) {
    ChildPipe out;
    const pid_t pid = startChild(command, {out.writer(), out.writer()});
    out.closeWriter();
    Outcome outcome;
    if (!readUntil(out.reader(), std::chrono::steady_clock::now() + std::chrono::seconds(seconds), outcome.said)) {
        kill(pid, SIGKILL);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    outcome.exitCode = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return outcome;
}

std::vector<TcpSocket> listenersIn(pid_t pid) {
    constexpr const char* kListening = "0A";
    std::vector<TcpSocket> found;
    for (const char* name : {"net/tcp", "net/tcp6"}) {
        std::ifstream file(procFile(pid, name));
        std::string line;
        std::getline(file, line);
        while (std::getline(file, line)) {
            std::istringstream fields(line);
            std::string number;
            std::string local;
            std::string remote;
            std::string state;
            fields >> number >> local >> remote >> state;
            const std::size_t colon = local.find(':');
            if (state == kListening && colon != std::string::npos) {
                found.push_back({local.substr(0, colon), std::stoi(local.substr(colon + 1), nullptr, 16)});
            }
        }
    }
    return found;
}

}  // namespace weir::test
