#!/usr/bin/env pwsh
<#
.SYNOPSIS
Runs the Pester files in private network and mount namespaces, once per firewall backend that this machine has.
.DESCRIPTION
The last line is "Pester: PASSED FAILED SKIPPED". The exit code is 1 when anything failed.
.PARAMETER Path
The files to run; all that lie beside this one without it.
.PARAMETER Tag
Only tests with one of these tags.
.PARAMETER PesterVersion
The version of Pester; the newest that is installed without it.
.PARAMETER Firewall
The backends; nftables, and iptables where iptables-restore is installed, without it.
.PARAMETER Output
How much Pester tells: None, Normal, Detailed or Diagnostic.
#>
[CmdletBinding()]
param(
    [string[]] $Path = (Get-ChildItem $PSScriptRoot -Filter *.Tests.ps1).FullName,
    [string[]] $Tag = @(),
    [version] $PesterVersion = ((Get-Module -ListAvailable Pester).Version | Sort-Object | Select-Object -Last 1),
    [ValidateSet('nftables', 'iptables')]
    [string[]] $Firewall = @('nftables'; if (Get-Command iptables-restore -ErrorAction Ignore) { 'iptables' }),
    [string] $Output = 'Normal'
)
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
if ($PesterVersion -lt '5.0') { throw 'Pester 5 or newer is needed: Install-PSResource Pester' }

$inside = {
    param($asked)
    $ErrorActionPreference = 'Stop'
    & (Get-Command mount -CommandType Application | Select-Object -First 1) -t tmpfs tmpfs /run
    if ($LASTEXITCODE) { throw 'A tmpfs could not be mounted over /run.' }
    Import-Module Pester -RequiredVersion $asked.PesterVersion
    $configuration = New-PesterConfiguration
    $configuration.Run.Path = @($asked.Path)
    $configuration.Run.PassThru = $true
    $configuration.Output.Verbosity = $asked.Output
    $configuration.Filter.Tag = @($asked.Tag)
    $result = Invoke-Pester -Configuration $configuration
    # A block that fails to set up or to clean up, and a file that cannot be read, are failures without a test of their own.
    $failed = $result.FailedCount + $result.FailedBlocksCount + $result.FailedContainersCount
    "$($result.PassedCount) $failed $($result.SkippedCount + $result.NotRunCount)" | Set-Content $asked.Counts
}

$user = if ((id -u) -ne '0') { '--user', '--map-root-user' }
$total = 0, 0, 0
foreach ($backend in $Firewall) {
    "`n== Pester $PesterVersion, $backend"
    $counts = [IO.Path]::GetTempFileName()
    $asked = @{ Path = $Path; Tag = $Tag; PesterVersion = "$PesterVersion"; Output = $Output; Counts = $counts } | ConvertTo-Json -Compress
    $command = "& { $inside } ('$($asked.Replace("'", "''"))' | ConvertFrom-Json)"
    $environment = "BRIDGENET_FIREWALL=$backend"
    & unshare $user --net --mount env -u BRIDGENET_STATE -u XDG_RUNTIME_DIR $environment (Get-Process -Id $PID).Path -NoProfile -NonInteractive -Command $command
    $line = Get-Content $counts -ErrorAction Ignore
    Remove-Item $counts
    [int[]] $run = "$line".Split(' ')
    # No counts: the run itself broke down. No tests: there is nothing that it has shown.
    if ($run.Count -ne 3 -or -not ($run -gt 0)) { $run = 0, 1, 0 }
    $total = 0..2 | ForEach-Object { $total[$_] + $run[$_] }
}
"Pester: $total"
exit [int] ($total[1] -gt 0)
