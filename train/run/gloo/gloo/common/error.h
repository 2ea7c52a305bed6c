// See gloo/context.h. Nothing in it is needed, but torch includes it.
#pragma once
