import { join } from 'node:path';
import type { FileEdit } from './file-edit.ts';
import { type InstallPlace, shellWord } from './install-place.ts';

/*
 * darktable has no external editors but Lua scripts: one that registers a storage ("darktable Lua API", register_storage) and is
 * named in luarc. What is exported to it is put beside the original, fixed in place, taken into the library and grouped with the original.
 */

const FIRST_LINE = '-- Written by "evenlight install darktable"; "evenlight uninstall darktable" removes it.';
const START = '-- evenlight: begin';
const BLOCK = `${START}\nrequire "evenlight"\n-- evenlight: end\n`;

export function darktableEdits({ configFolder, editCommand }: InstallPlace): readonly FileEdit[] {
  const folder = join(configFolder, 'darktable');
  const script = scriptFor(editCommand.map(shellWord).join(' '));
  return [
    {
      path: join(folder, 'lua', 'evenlight.lua'),
      installed: () => script,
      removed: (text) => (text?.startsWith(FIRST_LINE) === true ? undefined : text),
    },
    {
      path: join(folder, 'luarc'),
      installed: (text = '') => (text.includes(BLOCK) ? text : `${withNewline(text)}${BLOCK}`),
      removed: (text) => {
        const rest = text?.replace(BLOCK, '');
        return rest === '' ? undefined : rest;
      },
    },
  ];
}

function withNewline(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

/** @param command words for a shell */
function scriptFor(command: string): string {
  return `${FIRST_LINE}
local dt = require "darktable"
local COMMAND = [==[${command}]==]

local function quoted(text)
  return "'" .. text:gsub("'", "'\\\\''") .. "'"
end

local function exists(path)
  local file = io.open(path, "r")
  if file then file:close() end
  return file ~= nil
end

-- A name beside the original that is free.
local function target_for(image, exported)
  local stem = image.filename:gsub("%.[^.]*$", "")
  local ending = exported:match("%.[^./]*$") or ""
  local path = image.path .. "/" .. stem .. "-fixed" .. ending
  local count = 1
  while exists(path) do
    count = count + 1
    path = image.path .. "/" .. stem .. "-fixed-" .. count .. ending
  end
  return path
end

local function finalize(storage, images, extra)
  for image, exported in pairs(images) do
    local target = target_for(image, exported)
    local line = "mv " .. quoted(exported) .. " " .. quoted(target) .. " && " .. COMMAND .. " " .. quoted(target)
    local result = dt.control and dt.control.execute and dt.control.execute(line) or os.execute(line)
    if result == 0 or result == true then
      dt.database.import(target):group_with(image)
    else
      dt.print("Evenlight could not fix " .. target)
    end
  end
end

dt.register_storage("evenlight", "fix exposure (Evenlight)", nil, finalize)
`;
}
