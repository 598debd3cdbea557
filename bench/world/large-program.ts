/** A program of a size that nobody has: 300 controls, 5,000 components, 200 vendors. Invented. */
import { noSystem, type Component, type Dated, type Program, type Vendor } from "@countersign/program";

const CONTROLS = 300;
const COMPONENTS = 5_000;
const VENDORS = 200;

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at);

/** The catalog's controls again and again under other ids. What tests changes is there once: each change is owed by its controls alone. */
export function largeProgram(program: Program): Program {
  const { controls } = program;
  const others = controls.filter(({ activities }) =>
    activities.every((activity) => activity.kind === "periodic" || activity.population !== "change"),
  );
  const copies = numbers(CONTROLS - controls.length).flatMap((at) => {
    const control = others[at % others.length];
    return control === undefined ? [] : [{ ...control, id: `X${control.id.replace("-", "")}-${at}` }];
  });
  return {
    ...program,
    controls: [...controls, ...copies],
    system: {
      ...noSystem,
      components: numbers(COMPONENTS).map(componentOf),
      vendors: numbers(VENDORS).map(vendorOf),
    },
  };
}

function componentOf(at: number): Dated<Component> {
  return {
    id: `component-${at}`,
    versions: [
      {
        name: `Component ${at}`,
        kind: "infrastructure",
        sort: "compute",
        scope: at % 10 === 0 ? "out" : "in",
        rationale: "it serves requests",
        ...(at % 4 === 0 && { vendor: `vendor-${at % VENDORS}` }),
        knownAs: [`aws:i-${at}`],
      },
    ],
  };
}

function vendorOf(at: number): Dated<Vendor> {
  return {
    id: `vendor-${at}`,
    versions: [
      { name: `Vendor ${at}`, tier: "high", dataSent: ["telemetry"], knownAs: [`vendor-${at}.example`] },
    ],
  };
}
