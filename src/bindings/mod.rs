//! The doors. Each wraps an [`Engine`](crate::Engine) over its host's filesystem and adds nothing to it.

#[cfg(feature = "js")]
mod js;
#[cfg(feature = "python")]
mod python;
