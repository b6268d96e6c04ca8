// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <functional>

#include "broker/model/admin.h"

/// The contract between the window and everything else, written in the window's interest.
///
/// Rules that hold for every interface of this folder:
/// - All calls are made on the GUI thread and return at once; none waits for a disk, a lock or the network.
/// - An answer comes later, on the GUI thread, exactly once, never from inside the call that asked, and never after
///   `context` is gone. Whoever asks again before the answer compares a request number of its own and drops the late
///   one.
/// - Values are plain structs; what is shared between threads is immutable.
namespace weir::ui {

template <class T>
using Callback = std::function<void(ClusterResult<T>)>;

}  // namespace weir::ui
