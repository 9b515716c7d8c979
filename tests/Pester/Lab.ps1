# What the test files share: to be dot-sourced in BeforeAll. Refuses to go on in the machine's own network namespace.
$ErrorActionPreference = 'Stop'

function Get-LinkName {
    # /proc/net and not /sys: it is that of the network namespace, whatever is mounted.
    Get-Content /proc/self/net/dev | Select-Object -Skip 2 | ForEach-Object { $_.Split(':')[0].Trim() }
}

function Assert-Private {
    $own = (Get-Item /proc/self/ns/net).LinkTarget
    $first = (Get-Item /proc/1/ns/net -ErrorAction Ignore).LinkTarget
    $foreign = Get-LinkName | Where-Object { $_ -notmatch '^(lo|br-.*|veth.*)$' }
    if ($own -eq $first -or $foreign) {
        throw 'These tests change networks: "dotnet test --project tests/BridgeNet.Pester.Tests -- --file NAME" runs a file in a network namespace of its own.'
    }
}

function Get-RuleOfOurs {
    if (Get-Command iptables-save -ErrorAction Ignore) { iptables-save 2>$null | Select-String -Pattern '^-A.*(BRIDGENET-[A-Z0-9-]+|br-[0-9a-f]{12})' -Raw }
    if (Get-Command nft -ErrorAction Ignore) { nft list ruleset 2>$null | Select-String 'br-[0-9a-f]{12}|table \w+ bridgenet' -Raw }
}

function Get-NamespaceMount { Get-Content /proc/self/mountinfo | Where-Object { $_ -match ' - nsfs ' } | ForEach-Object { $_.Split(' ')[4] } }

# Everything that BridgeNet made, in words; nothing when there is nothing.
function Get-Remains {
    Get-LinkName | Where-Object { $_ -match '^(br-|veth|docker0|bridgenet0)' } | ForEach-Object { "link $_" }
    Get-BridgeContainer | ForEach-Object { "container $_" }
    Get-BridgeNetwork | Where-Object Name -NotIn bridge, host, none | ForEach-Object { "network $_" }
    Get-NamespaceMount | Where-Object { $_ -notin $script:inherited } | ForEach-Object { "mount $_" }
    Get-RuleOfOurs | ForEach-Object { "rule $_" }
}

function Clear-Lab {
    Get-BridgeContainer | Remove-BridgeContainer
    Get-BridgeNetwork | Where-Object BridgeName | Remove-BridgeNetwork -Force
}

# The last thing a file does.
function Assert-NothingRemains { Get-Remains | Should -BeNullOrEmpty -Because 'everything that was made has to be gone' }

function Get-Completion([string] $line) { (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText }

# The interface that the IPv4 default route of a container goes through, from the kernel's own table.
function Get-DefaultInterface([string] $container) {
    Invoke-BridgeContainer $container cat /proc/net/route | ForEach-Object { if ($_ -match '^(\S+)\t0{8}\t') { $Matches[1] } }
}

# What a table shows, line by line, as on a terminal that is wide enough.
function Show { $input | Out-String -Width 200 -Stream | ForEach-Object { $_ -replace '\e\[[0-9;]*m' } | Where-Object { $_.Trim() } }

# This PowerShell again, as a process of its own; the dotnet tool is a library that dotnet runs.
function Invoke-Pwsh {
    $library = @(if ((Split-Path -Leaf ([Environment]::ProcessPath)) -eq 'dotnet') { Join-Path $PSHOME pwsh.dll })
    & ([Environment]::ProcessPath) @library @args
}

# A program of somebody else in a network namespace of its own.
function Start-Stranger {
    $own = (Get-Item /proc/self/ns/net).LinkTarget
    $stranger = Start-Process unshare -ArgumentList '--net', 'sleep', '1000' -PassThru
    while ((Get-Item "/proc/$($stranger.Id)/ns/net").LinkTarget -eq $own) { Start-Sleep -Milliseconds 10 }
    $stranger
}

Assert-Private
$script:inherited = @(Get-NamespaceMount)
Import-Module (Join-Path $PSScriptRoot .. .. BridgeNet.psd1) -Scope Global
