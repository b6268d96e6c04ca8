// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/page_factory.h"

namespace weir::ui {

/// Every page that Weir has, in the order of the navigation.
PageFactory allPages();

}  // namespace weir::ui
