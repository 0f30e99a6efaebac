//! What crosses: requests and their answers, options, events and reports, as plain data.

pub(crate) mod answer;
pub mod options;
pub mod reports;
pub(crate) mod request;

pub use answer::Summary;
