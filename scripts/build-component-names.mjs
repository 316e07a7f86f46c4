/**
 * An asc transform: the exports of assembly/component.ts get the names that the canonical ABI has for
 * them, which are no identifiers.
 */
import { Transform } from "assemblyscript/transform";

const INTERFACE = "sansock:engine/engine@1.0.0";

const NAMES = {
  abi_version: `${INTERFACE}#abi-version`,
  init: `${INTERFACE}#init`,
  turn: `${INTERFACE}#turn`,
  turn_post: `cabi_post_${INTERFACE}#turn`,
  status: `${INTERFACE}#status`,
};

export default class ComponentNames extends Transform {
  afterCompile(module) {
    for (const [name, componentName] of Object.entries(NAMES)) {
      const { value } = this.binaryen.getExportInfo(module.getExport(name));
      module.removeExport(name);
      module.addFunctionExport(value, componentName);
    }
  }
}
