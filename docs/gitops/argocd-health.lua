-- Health of an AIService (leadsman.dev) for Argo CD. It follows kstatus: generation first, then Reconciling and Stalled.
-- No standard library is used. How to install it: README.md beside this file.
local metadata = obj.metadata or {}
local status = obj.status or {}

local conditions = {}
for _, condition in ipairs(status.conditions or {}) do
  conditions[condition.type] = condition
end

local function is_true(name)
  return conditions[name] ~= nil and conditions[name].status == "True"
end

local function words(condition)
  if condition.message ~= nil and condition.message ~= "" then
    return condition.reason .. ": " .. condition.message
  end
  return condition.reason
end

if metadata.deletionTimestamp ~= nil then
  return { status = "Progressing", message = "is being deleted" }
end

-- A fix that is pushed over a rolled-back revision must not show the old Degraded. Missing or -1: nobody has looked yet.
if status.observedGeneration == nil or status.observedGeneration ~= metadata.generation then
  return { status = "Progressing", message = "waits for the operator to look at this generation" }
end

if is_true("Reconciling") then
  return { status = "Progressing", message = words(conditions.Reconciling) }
end

if is_true("Stalled") then
  return { status = "Degraded", message = words(conditions.Stalled) }
end

local ready = conditions.Ready
if ready == nil then
  return { status = "Progressing", message = "no condition Ready yet" }
end

if ready.status == "True" then
  if is_true("BreakGlassActive") then
    return { status = "Healthy", message = "BREAK GLASS: " .. words(conditions.BreakGlassActive) }
  end
  return { status = "Healthy", message = words(ready) }
end

-- An earlier revision serves, and people or the calendar decide when it goes on.
local waits = { AwaitingApproval = true, ChangeFreeze = true, Paused = true }
if waits[ready.reason] then
  return { status = "Suspended", message = words(ready) }
end

return { status = "Progressing", message = words(ready) }
