// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/base/threads.h"

#ifdef __linux__
#include <pthread.h>
#endif

namespace weir {

void nameThisThread([[maybe_unused]] const char* name) noexcept {
#ifdef __linux__
    static_cast<void>(::pthread_setname_np(::pthread_self(), name));
#endif
}

}  // namespace weir
