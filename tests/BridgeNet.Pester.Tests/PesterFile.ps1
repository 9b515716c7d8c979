<#
.SYNOPSIS
Runs or lists Pester files and writes a line of JSON for each test as soon as it has ended.
.DESCRIPTION
The last line is of the kind "end"; without it the file broke down. PesterResult.cs has the meaning of the fields.
#>
param(
    # The manifest of the Pester to use.
    [string] $Pester,
    # Where the lines go.
    [string] $Results,
    # The files, one a line.
    [string] $Path,
    [switch] $List
)
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
Import-Module $Pester
$ErrorActionPreference = 'Continue'

$lines = [IO.StreamWriter]::new($Results, $true)
$lines.AutoFlush = $true
$written = [Collections.Generic.HashSet[object]]::new([Collections.Generic.ReferenceEqualityComparer]::Instance)
$times = @{}

function Write-Entry([string] $kind, $names, [string] $name, [string] $outcome, [string] $file, [int] $line, [double] $milliseconds, $message, $stack) {
    # Several have the same path with -ForEach.
    $id = "$file $kind $($names -join '.')"
    $times[$id]++
    $lines.WriteLine((ConvertTo-Json -Compress ([ordered]@{
                Kind = $kind; Id = "$($names -join '.')#$($times[$id])"; Name = $name; Outcome = $outcome
                File = $file; Line = $line; Milliseconds = $milliseconds; Message = $message; Stack = $stack
            })))
}

function Get-ErrorText($records, [string] $property) {
    ($records | ForEach-Object {
        $text = $_.$property
        if (-not $text) { $text = if ($property -eq 'DisplayStackTrace') { $_.ScriptStackTrace } else { $_.Exception.Message } }
        # Skipping is an exception to Pester, not to its reader.
        $text -replace '^Exception: (?=is (skipped|inconclusive))'
    }) -join "`n"
}

function Write-Test($test) {
    if (-not $written.Add($test)) { return }
    $message = if ($test.ErrorRecord) { Get-ErrorText $test.ErrorRecord DisplayErrorMessage }
    elseif ($test.Result -eq 'Failed') { 'Did not run, because a block around it failed to set up.' }
    elseif ($test.Result -eq 'Skipped') { 'skipped by -Skip' }
    $name = $test.ExpandedPath ?? ($test.Path -join '.')
    $stack = Get-ErrorText $test.ErrorRecord DisplayStackTrace
    Write-Entry test $test.Path $name $test.Result "$($test.ScriptBlock.File)" $test.StartLine $test.Duration.TotalMilliseconds $message $stack
}

function Write-Failure([string] $kind, $failed, [string] $file, [int] $line) {
    $name = $kind -eq 'file' ? '' : "$($failed.ExpandedPath ?? ($failed.Path -join '.')) (setup or teardown)"
    $message = Get-ErrorText $failed.ErrorRecord DisplayErrorMessage
    Write-Entry $kind $failed.Path $name Failed $file $line 0 $message (Get-ErrorText $failed.ErrorRecord DisplayStackTrace)
}

if (-not $List) {
    # The door that the test view of Visual Studio Code uses; it opens before Pester's own plugins have worked out the result.
    & (Get-Module Pester) {
        param([scriptblock] $write)
        $script:writeLine = $write
        $script:additionalPlugins = New-PluginObject -Name Lines -EachTestTeardownEnd {
            param($Context)
            Add-RSpecTestObjectProperties $Context.Test
            & $script:writeLine $Context.Test
        }
    } { param($test) Write-Test $test }
}

$configuration = New-PesterConfiguration
$configuration.Run.Path = @($Path -split "`n")
$configuration.Run.PassThru = $true
$configuration.Run.SkipRun = [bool] $List
$configuration.Output.Verbosity = $List ? 'None' : 'Detailed'
$run = Invoke-Pester -Configuration $configuration

# Those of blocks that failed to set up have not been written yet.
$run.Tests | ForEach-Object { Write-Test $_ }
if (-not $List) {
    foreach ($container in $run.FailedContainers) { Write-Failure file $container "$($container.Item)" 1 }
    foreach ($block in $run.FailedBlocks) {
        Write-Failure block $block "$($block.ScriptBlock.File ?? $block.BlockContainer.Item)" ([Math]::Max(1, [int] $block.StartLine))
    }
    Write-Entry end @() '' '' '' 0 0 $null $null
}
$lines.Dispose()
exit 0
