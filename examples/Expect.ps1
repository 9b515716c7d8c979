# Shared by the examples: each prints its steps and expected results, and exits with 1 if an expectation fails.
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

# Runs an example, removes its objects in any case, and prints the result.
function Complete([scriptblock] $story) {
    try { . $story }
    catch { $script:failed++; "   FAILED: $($_.Exception.Message)" }
    finally {
        Step 'Everything is removed'
        Get-BridgeContainer | Remove-BridgeContainer
        Get-BridgeNetwork -Driver bridge | Where-Object Name -ne bridge | Remove-BridgeNetwork
        Expect 'no container is left' (@(Get-BridgeContainer).Count -eq 0)
        Expect 'no bridge is left' (-not ([IO.Directory]::GetDirectories('/proc/sys/net/ipv4/conf') -like '*/br-*'))
    }
    "`n$(if ($script:failed) { "$script:failed expectations failed" } else { 'All as expected.' })"
}
