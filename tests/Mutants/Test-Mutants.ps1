#!/usr/bin/env pwsh
<#
.SYNOPSIS
Shows that the tests fail where the product is wrong: applies each one-line change of mutants.json to a copy of the working
tree, and runs the test that must notice it.
.DESCRIPTION
A mutant is killed when its test fails; it survives when the test passes, and is invalid when it does not compile or no
test ran. The copy is a git worktree in a temporary directory, which is removed at the end. Needs what the tests need.
.EXAMPLE
dotnet run --project src/BridgeNet.Shell -- tests/Mutants/Test-Mutants.ps1
All mutants; exits with the number of those that are not killed.
.EXAMPLE
dotnet run --project src/BridgeNet.Shell -- tests/Mutants/Test-Mutants.ps1 journal
Those whose name begins so.
#>
param(
    # The beginnings of the names of the mutants to try.
    [string[]] $Name = @(''),
    # How long the test of one may take, in seconds; one that hangs is killed too.
    [int] $Timeout = 300,
    # Every how many and which of these to try, to share the work: 2, 0 and 2, 1 are all of them.
    [int] $Every = 1,
    [int] $Which = 0
)
$ErrorActionPreference = 'Stop'
$root = Resolve-Path "$PSScriptRoot/../.."
$copy = Join-Path ([IO.Path]::GetTempPath()) "bridgenet-mutants-$PID"
# A command line gives a list as one text.
$Name = $Name -split ','
$mutants = @(Get-Content -Raw $PSScriptRoot/mutants.json | ConvertFrom-Json | Where-Object { $mutant = $_; $Name.Where({ $mutant.name.StartsWith($_) }).Count -gt 0 })
$mutants = @(for ($i = $Which; $i -lt $mutants.Count; $i += $Every) { $mutants[$i] })

# What a mutant changes, however it is broken into lines.
function Get-Pattern($find) { [regex]::new((($find -replace '\s').ToCharArray().ForEach({ [regex]::Escape($_) }) -join '\s*')) }

function Invoke-Test($mutant) {
    # What a mutant leaves unused is no matter of style.
    dotnet build "$copy/src/BridgeNet.Core" --no-restore -v q --nologo -p:EnforceCodeStyleInBuild=false -p:TreatWarningsAsErrors=false *> "$copy/build.log"
    if ($LASTEXITCODE -ne 0) { return 'invalid: does not compile' }
    # All mutants are of the core and what is below it, so nothing else is built anew.
    foreach ($user in "BridgeNet.$($mutant.project).Tests", 'BridgeNet.EngineProbe') {
        $folder = "$copy/tests/$user/bin/Debug/net10.0"
        if (Test-Path $folder) { Copy-Item "$copy/src/BridgeNet.Core/bin/Debug/net10.0/BridgeNet.*.dll" $folder }
    }
    $log = "$copy/test.log"
    $tests = "$copy/tests/BridgeNet.$($mutant.project).Tests/bin/Debug/net10.0/BridgeNet.$($mutant.project).Tests"
    timeout $Timeout $tests -method $mutant.test -stopOnFail -noColor *> $log
    if ($LASTEXITCODE -eq 124) { return 'killed (timeout)' }
    $summary = Select-String -Path $log -Pattern 'Total: (\d+), Errors: (\d+), Failed: (\d+), Skipped: (\d+)' | Select-Object -Last 1
    if (-not $summary) { return 'invalid: no test ran' }
    $total, $errors, $failed, $skipped = $summary.Matches.Groups[1..4].Value
    if ([int]$failed + [int]$errors) { 'killed' } elseif ($total -eq $skipped) { 'invalid: all tests were skipped' } else { 'SURVIVED' }
}

git -C $root worktree add --quiet --detach $copy HEAD
try {
    # What is not committed yet is tried too.
    git -C $root diff HEAD --binary | git -C $copy apply --allow-empty
    foreach ($project in $mutants.project | Sort-Object -Unique) { dotnet build "$copy/tests/BridgeNet.$project.Tests" -v q --nologo | Out-Null }
    $results = foreach ($mutant in $mutants) {
        $file = "$copy/$($mutant.file)"
        $text = [IO.File]::ReadAllText($file)
        $found = (Get-Pattern $mutant.find).Matches($text)
        $outcome = if ($found.Count -ne 1) { 'invalid: not there exactly once' }
        else {
            [IO.File]::WriteAllText($file, $text.Remove($found[0].Index, $found[0].Length).Insert($found[0].Index, $mutant.replace))
            try { Invoke-Test $mutant } finally { [IO.File]::WriteAllText($file, $text) }
        }
        Write-Host "$($mutant.name): $outcome"
        [pscustomobject]@{ Mutant = $mutant.name; Outcome = $outcome; Test = $mutant.test }
    }
}
finally { git -C $root worktree remove --force $copy }
$results | Format-Table -AutoSize | Out-String -Width 200
$left = @($results | Where-Object Outcome -NotLike 'killed*').Count
"$($results.Count) mutants, $left not killed"
exit $left
