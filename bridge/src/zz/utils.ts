import * as path from 'path';
export * from './x.ts';
export interface IFoo {
  a: number;
}
export class FooManager {
  a = 1;
}
export function f(a: number, b: number, c: number, d: number, e: number): string {
  const x = JSON.parse('1') as string;
  Promise.resolve(1);
  return `${a + b + c + d + e} ${x} ${path.sep}`;
}
