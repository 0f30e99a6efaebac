//! What crosses: requests and their answers, options, events and reports, as plain data.

pub mod answer;
pub mod options;
pub mod reports;
pub mod request;
