import { ptpFaults } from './ptp-faults.ts';
import { ptpHealth } from './ptp-health.ts';
import type { ToolDefinition } from './tool.ts';

/** Every tool of the MCP server, in the order clients see. */
export const TOOLS: readonly ToolDefinition[] = [ptpHealth, ptpFaults];
