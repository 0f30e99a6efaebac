//! The list of the core's types that reach JavaScript. Add a type here, and it is in `pkg/types.d.ts`; the types of
//! its fields come with it, but every enum has to be listed, since only then all its variants are seen.

use anyhow::Result;

use crate::types::Declarations;

/// Declares every type that the engine hands out or takes.
pub fn declarations() -> Result<String> {
    let mut declarations = Declarations::new();
    declarations.add::<pyautoload_wasm::ProblemKind>()?;
    declarations.add::<pyautoload_wasm::Severity>()?;
    declarations.add::<pyautoload_wasm::Problem>()?;
    declarations.add::<pyautoload_wasm::ModuleRecord>()?;
    declarations.add::<pyautoload_wasm::graph::EdgeKind>()?;
    declarations.add::<pyautoload_wasm::graph::GraphView>()?;
    declarations.add::<pyautoload_wasm::protocol::Summary>()?;
    declarations.add::<pyautoload_wasm::protocol::options::FlushMode>()?;
    declarations.add::<pyautoload_wasm::Options>()?;
    declarations.add::<pyautoload_wasm::protocol::reports::EventKind>()?;
    declarations.add::<pyautoload_wasm::protocol::reports::FileEvent>()?;
    declarations.add::<pyautoload_wasm::protocol::reports::ReloadReport>()?;
    declarations.add::<pyautoload_wasm::protocol::reports::EventMessageType>()?;
    declarations.add::<pyautoload_wasm::protocol::reports::EventMessage>()?;
    declarations.add::<pyautoload_wasm::protocol::reports::ReportMessageType>()?;
    declarations.add::<pyautoload_wasm::protocol::reports::ReportMessage>()?;
    declarations.add::<pyautoload_wasm::protocol::reports::ErrorMessageType>()?;
    declarations.add::<pyautoload_wasm::protocol::reports::ErrorMessage>()?;
    declarations.finish()
}
