#!/usr/bin/env node
// Stands in for the VS Code executable in @vscode/test-electron.
import { require as load } from 'tsx/cjs/api';

load('./standIn.ts', import.meta.url);
