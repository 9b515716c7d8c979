# What the examples share: each says what it does, what it expects of it, and exits with 1 if any expectation fails.
$ErrorActionPreference = 'Stop'
$script:failed = 0

function Step([string] $text) { "`n== $text" }

function Expect([string] $what, [bool] $truth) {
    if ($truth) { "   ok: $what" } else { $script:failed++; "   FAILED: $what" }
}

function Refused([string] $errorId, [scriptblock] $command) {
    try { & $command | Out-Null; Expect "refused with $errorId" $false }
    catch { Expect "refused: $($_.Exception.Message)" ($_.FullyQualifiedErrorId -like "$errorId,*") }
}

# Runs a story, takes away what it made, whatever became of it, and says how it was.
function Complete([scriptblock] $story) {
    try { . $story }
    catch { $script:failed++; "   FAILED: $($_.Exception.Message)" }
    finally {
        Step 'Everything goes'
        Get-BridgeContainer | Remove-BridgeContainer
        Get-BridgeNetwork -Driver bridge | Where-Object Name -ne bridge | Remove-BridgeNetwork
        Expect 'no container is left' (@(Get-BridgeContainer).Count -eq 0)
        Expect 'no bridge is left' (-not ([IO.Directory]::GetDirectories('/proc/sys/net/ipv4/conf') -like '*/br-*'))
    }
    "`n$(if ($script:failed) { "$script:failed expectations failed" } else { 'All as expected.' })"
}
