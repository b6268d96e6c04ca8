// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

/// What the system tells about a process that is under test, and how to run one to its end. Linux only: they read
/// /proc.
namespace weir::test {

/// Memory that the process alone holds (private dirty pages), in bytes; 0 when it cannot be told.
std::size_t privateBytesOf(pid_t pid);
/// Open file handles; 0 when it cannot be told.
std::size_t handlesOf(pid_t pid);
/// Seconds of processor time so far.
double cpuSecondsOf(pid_t pid);

/// Whether a child ends within the time; it is still to be waited for.
bool endsWithin(pid_t pid, std::chrono::milliseconds time);

struct Outcome {
    /// Of exit(); -1 when a signal ended it.
    int exitCode = -1;
    /// What it wrote to standard output and standard error.
    std::string said;
};
/// Runs a program until it ends. One that still runs after `seconds` is killed, and has no exit code.
Outcome runToEnd(const std::vector<std::string>& command, int seconds);

struct TcpSocket {
    /// As the system prints it: the address in hexadecimal words of the machine's order.
    std::string address;
    int port = 0;
};
/// The sockets that listen in the network the process lives in.
std::vector<TcpSocket> listenersIn(pid_t pid);

}  // namespace weir::test
