//! The lists of the core's types that others have to know: add a type here, and it is in `pkg/types.d.ts`, or in the types by which
//! the Python facade asks. The types of a type's fields come with it, but every enum has to be listed, since only then all its variants
//! are seen.

use std::any::type_name;

use anyhow::{Context, Result, anyhow};
use pyautoload_wasm::protocol::options::{FlushMode, ObjectsMode, Options};
use pyautoload_wasm::protocol::reports::{
    ErrorMessage, ErrorMessageType, EventKind, EventMessage, EventMessageType, FileEvent, ReloadReport, ReportMessage,
    ReportMessageType,
};
use pyautoload_wasm::protocol::request::{Answers, Request};
use pyautoload_wasm::{ProblemKind, Severity, graph::EdgeKind, imports::Scope, imports::Takes};
use serde::Deserialize;
use serde_reflection::{Registry, Samples, Tracer, TracerConfig};

/// What JavaScript is handed or hands over.
pub fn javascript() -> Result<Registry> {
    let mut types = Types::new();
    types.answers()?;
    types.add::<Options>()?;
    types.add::<EventKind>()?;
    types.add::<FileEvent>()?;
    types.add::<ReloadReport>()?;
    types.add::<EventMessageType>()?;
    types.add::<EventMessage>()?;
    types.add::<ReportMessageType>()?;
    types.add::<ReportMessage>()?;
    types.add::<ErrorMessageType>()?;
    types.add::<ErrorMessage>()?;
    types.finish()
}

/// What the Python facade asks, and is answered.
pub fn python() -> Result<Registry> {
    let mut types = Types::new();
    types.answers()?;
    types.add::<Request>()?;
    types.finish()
}

/// Types that are found by reading them with serde.
pub struct Types {
    tracer: Tracer,
    samples: Samples,
}

impl Types {
    /// None yet.
    pub fn new() -> Self {
        // Types that check their text when they are read, such as module names, take this one.
        let config = TracerConfig::default().is_human_readable(true).default_string_value("name".into());
        Self { tracer: Tracer::new(config), samples: Samples::new() }
    }

    fn answers(&mut self) -> Result<()> {
        self.add::<ProblemKind>()?;
        self.add::<Severity>()?;
        self.add::<EdgeKind>()?;
        self.add::<FlushMode>()?;
        self.add::<ObjectsMode>()?;
        self.add::<Scope>()?;
        self.add::<Takes<'static>>()?;
        self.add::<Answers>()
    }

    /// Adds a type and those of its fields.
    pub fn add<T: for<'de> Deserialize<'de>>(&mut self) -> Result<()> {
        let traced = self.tracer.trace_type::<T>(&self.samples);
        traced.map(drop).map_err(|error| anyhow!("{error}")).with_context(|| format!("tracing {}", type_name::<T>()))
    }

    /// All of them, by name.
    pub fn finish(self) -> Result<Registry> {
        self.tracer.registry().map_err(|error| anyhow!("{error}; list each enum in traced.rs"))
    }
}
