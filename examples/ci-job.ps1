# A network for each job of a CI machine: found by its label, with containers that run programs, and removed with the job in any case.
. $PSScriptRoot/Expect.ps1

function Invoke-Job([int] $number, [scriptblock] $work) {
    $net = New-BridgeNetwork "job$number" -Label "job=$number", 'ci'
    try { & $work $net }
    finally { $net | Remove-BridgeNetwork -Force; Get-BridgeContainer "j$number-*" | Remove-BridgeContainer }
}

Complete {
    Step 'Two concurrent jobs are isolated from each other'
    Invoke-Job 1 {
        param($net)
        'j1-app', 'j1-test' | New-BridgeContainer -Network $net | Out-Null
        Invoke-Job 2 {
            param($net)
            New-BridgeContainer j2-app -Network $net | Out-Null
            Get-BridgeNetwork -Label ci | Format-Table Name, Subnet, Labels | Out-Default
            Expect 'each has a subnet of its own' (@((Get-BridgeNetwork -Label ci).Subnet | Select-Object -Unique).Count -eq 2)
            Expect 'the test reaches its own application by name' ((Invoke-BridgeContainer j1-test getent hosts j1-app) -like '*j1-app*')
            Expect 'and not the other one' (-not (Test-BridgeConnection j1-test (Get-BridgeEndpoint -Container j2-app).IPAddress -TimeoutMilliseconds 300 -Quiet))
        }
        Expect 'the second job left nothing' (@(Get-BridgeNetwork -Label job=2).Count + @(Get-BridgeContainer j2-*).Count -eq 0)
    }

    Step 'A job that fails leaves nothing either'
    try { Invoke-Job 3 { param($net) New-BridgeContainer j3-app -Network $net | Out-Null; throw 'the tests failed' } } catch { "   $_" }
    Expect 'no network of CI is left' (@(Get-BridgeNetwork -Label ci).Count -eq 0)
}
exit [int] ($failed -gt 0)
