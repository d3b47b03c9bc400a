# What a random program does, operation by operation, and what must hold then. Each takes three numbers that choose among what
# there is: what is not there makes an operation empty, so any part of a program is a program.

# inc al; mov [0],al; out 0x80,al; jmp back. Where there is no memory at 0 that can be written, the second is an MMIO exit.
[byte[]] $counting = 0xFE, 0xC0, 0xA2, 0x00, 0x00, 0xE6, 0x80, 0xEB, 0xF7
$pages = 20

function New-World([string] $Name, [string] $Folder, [string] $BrokenRule) {
    @{
        Name = $Name; Folder = $Folder; BrokenRule = $BrokenRule; Made = 0; LastId = 0
        Vms = [System.Collections.Generic.List[object]]::new(); EventFds = [System.Collections.Generic.List[object]]::new()
        Gone = [System.Collections.Generic.List[object]]::new()
    }
}

function Remove-World($World) {
    foreach ($vm in $World.Vms) {
        Remove-KvmVm $vm.Vm -Force -ErrorAction SilentlyContinue
        foreach ($vcpu in $vm.Vcpus) { if ($vcpu.Job) { $null = Wait-Job $vcpu.Job; Remove-Job $vcpu.Job } }
    }
    foreach ($one in $World.EventFds) { Remove-KvmEventFd $one.Object -Force -ErrorAction SilentlyContinue }
}

function Assert-True([bool] $Condition, [string] $What) { if (-not $Condition) { throw $What } }

# One of the ids, '' for none, is what came of it.
function Assert-Outcome($Failure, [string[]] $Expected) {
    $id = if ($Failure.Count) { $Failure[0].FullyQualifiedErrorId.Split(',')[0] } else { '' }
    if ($id -notin $Expected) { throw "'$id' instead of '$($Expected -join ''' or ''')': $Failure" }
}

function Select-One($List, [int] $Number) { if ($List.Count) { , $List[$Number % $List.Count] } }

function Add-Gone($World, [string] $Kind, $Object) {
    if ($World.Gone.Count -ge 40) { $World.Gone.RemoveAt(0) }
    $World.Gone.Add(@{ Kind = $Kind; Object = $Object })
}

function Select-Vcpu($World, [int] $Number) {
    $all = [System.Collections.Generic.List[object]]::new()
    foreach ($vm in $World.Vms) { $all.AddRange($vm.Vcpus) }
    Select-One $all $Number
}

function Test-Running($Vm) { foreach ($vcpu in $Vm.Vcpus) { if ($vcpu.Job) { return $true } }; $false }
function Get-Covering($Vm, [int] $Page) { foreach ($slot in $Vm.Slots) { if ($Page -ge $slot.Page -and $Page -lt $slot.Page + $slot.Count) { return $slot } } }

# In a PC all but the first vCPU wait for it.
function Test-Runnable($Vcpu) { -not $Vcpu.Model.Chip -or $Vcpu.Id -eq 0 }

# The next exit of a vCPU, and what the guest does until then.
function Step-Model($Vcpu) {
    if ($Vcpu.At -eq 'Store') {
        $Vcpu.At = 'Start'
        return "Io $($Vcpu.Al)"
    }
    if ($Vcpu.At -ne 'Counted') { $Vcpu.Al = ($Vcpu.Al + 1) -band 255 }
    $Vcpu.At = 'Start'
    $slot = Get-Covering $Vcpu.Model 0
    if ($slot -and -not $slot.ReadOnly) {
        $slot.Bytes[0] = $Vcpu.Al
        $null = $slot.Dirty.Add(0)
        return "Io $($Vcpu.Al)"
    }
    $Vcpu.At = 'Store'
    "Mmio $($Vcpu.Al)"
}

function Assert-Exit($Vcpu, $Exits) {
    foreach ($exit in $Exits) {
        if ($exit.Reason -eq 'Intr') { continue }
        $expected = Step-Model $Vcpu
        Assert-True ("$($exit.Reason) $($exit.Value)" -eq $expected) "$($exit.Reason) $($exit.Value) instead of $expected"
    }
}

function Complete-Job($Vcpu) {
    $job = $Vcpu.Job
    $Vcpu.Job = $null
    $null = Wait-Job $job
    $exits = @(Receive-Job $job -ErrorAction SilentlyContinue -ErrorVariable failure)
    Remove-Job $job
    Assert-Outcome $failure ''
    Assert-Exit $Vcpu $exits
    Assert-True ("$($Vcpu.Vcpu.State)" -eq 'Open') "$($Vcpu.Vcpu) is $($Vcpu.Vcpu.State) after its run"
    if ($exits -and "$($exits[-1].Reason)" -eq 'Intr') { Sync-Model $Vcpu }
}

# A stop can come between two exits: behind which instruction is not ours to foretell.
function Sync-Model($Vcpu) {
    $al = [int] (Get-KvmRegister $Vcpu.Vcpu rax).Value
    $next = ($Vcpu.Al + 1) -band 255
    Assert-True ($al -in $Vcpu.Al, $next) "al is $al instead of $($Vcpu.Al) or $next"
    # With the same al nothing has begun since the last exit, which may or may not be completed.
    if ($al -eq $next -or $Vcpu.At -eq 'Counted') {
        $Vcpu.At = switch ((Get-KvmRegister $Vcpu.Vcpu rip).Value) { 0xF002 { 'Counted' } 0xF005 { 'Store' } default { $Vcpu.At } }
    }
    $Vcpu.Al = $al
    $slot = Get-Covering $Vcpu.Model 0
    if ($slot -and -not $slot.ReadOnly) {
        $byte = (Read-KvmMemory $Vcpu.Model.Vm 0 1)[0]
        Assert-True ($byte -in $slot.Bytes[0], $al) "the byte at 0 is $byte instead of $($slot.Bytes[0]) or $al"
        if ($byte -ne $slot.Bytes[0]) { $null = $slot.Dirty.Add(0) }
        $slot.Bytes[0] = $byte
    }
}

function Remove-Model($World, $Vm) {
    $null = $World.Vms.Remove($Vm)
    foreach ($vcpu in $Vm.Vcpus) {
        if ($vcpu.Job) { $null = Wait-Job $vcpu.Job; Remove-Job $vcpu.Job; $vcpu.Job = $null }
        Add-Gone $World Vcpu $vcpu.Vcpu
    }
    foreach ($slot in $Vm.Slots) { Add-Gone $World Memory $slot.Memory }
    foreach ($one in $Vm.Events) { Remove-Registration $World $one }
    if ($Vm.Device) { Add-Gone $World Device $Vm.Device }
    Add-Gone $World Vm $Vm.Vm
}

function Remove-Registration($World, $Registration) {
    if ($Registration.EventFd -and $Registration.Kind -eq 'IrqFd') {
        # KVM takes the count when it lets go (irqfd_shutdown).
        $Registration.EventFd.IrqFds--
        $Registration.EventFd.Count = 0
    }
    if ($Registration.EventFd) { $Registration.EventFd.Users-- }
    Add-Gone $World Event $Registration.Object
}

function Add-Model($World, $Vm, $Chip) {
    Assert-True ($Vm.Id -gt $World.LastId) "the id $($Vm.Id) of $Vm is not new"
    $World.LastId = $Vm.Id
    $model = @{
        Vm = $Vm; Chip = $Chip; UsedIds = [System.Collections.Generic.HashSet[int]]::new(); Vcpus = [System.Collections.Generic.List[object]]::new()
        Slots = [System.Collections.Generic.List[object]]::new(); Device = $null; Events = [System.Collections.Generic.List[object]]::new(); Routes = @{}
    }
    $World.Vms.Add($model)
    $model
}

function Add-VcpuModel($Vm, $Vcpu) {
    $null = $Vm.UsedIds.Add($Vcpu.Id)
    $model = @{ Vcpu = $Vcpu; Model = $Vm; Id = [int] $Vcpu.Id; Al = 0; At = 'Start'; Wild = $false; Job = $null; Msr = 0 }
    $Vm.Vcpus.Add($model)
    $model
}

# The parts of a range, where memory is everywhere in it.
function Get-Part($Vm, [int] $Address, [int] $Length) {
    $parts = [System.Collections.Generic.List[object]]::new()
    while ($Length) {
        $slot = Get-Covering $Vm ($Address -shr 12)
        if (-not $slot) { return }
        $offset = $Address - ($slot.Page -shl 12)
        $size = [System.Math]::Min($Length, $slot.Bytes.Length - $offset)
        $parts.Add(@{ Slot = $slot; Offset = $offset; Size = $size })
        $Address += $size
        $Length -= $size
    }
    , $parts
}

function Get-RegistrationKind($Registration) { $Registration.GetType().Name.Substring(3) }

# By name: its weight, and what it does with $w, the world, and $a, $b, $c.
$operations = [ordered]@{
    NewVm = 6, {
        if ($w.Vms.Count -ge 3) { return }
        $w.Made++
        $made = New-KvmVm "$($w.Name)-$($w.Made)"
        $chip = switch ($a % 4) { 0 { 'Full' } 1 { 'Split' } }
        $vm = Add-Model $w $made $chip
        if ($chip) { $null = New-KvmIrqChip $made $chip }
        $null = Add-KvmMemory $made 0xFFFFF000 4KB -Slot 100
        Write-KvmMemory $made 0xFFFFFFF0 ([byte[]] (0xE9, 0x0D, 0xF0))
        Write-KvmMemory $made 0xFFFFF000 $counting
        Assert-True ("$($made.State)" -eq 'Open') "$made is $($made.State)"
    }
    RemoveVm = 2, {
        $vm = Select-One $w.Vms $a
        if (-not $vm) { return }
        $running = Test-Running $vm
        Remove-KvmVm $vm.Vm -ErrorAction SilentlyContinue -ErrorVariable failure
        # A background run can have come to its end.
        Assert-Outcome $failure $($running ? ('', 'KvmVcpuRunning') : '')
        if ($failure.Count) { Remove-KvmVm $vm.Vm -Force }
        Assert-True ("$($vm.Vm.State)" -eq 'Removed') "$($vm.Vm) is $($vm.Vm.State)"
        Remove-Model $w $vm
    }
    NewVcpu = 8, {
        $vm = Select-One $w.Vms $a
        if (-not $vm -or $vm.Vcpus.Count -ge 3 -or $vm.UsedIds.Count -ge 10) { return }
        $id = 0
        while ($vm.UsedIds.Contains($id)) { $id++ }
        if ($b % 3) { $vcpu = New-KvmVcpu $vm.Vm -ErrorAction SilentlyContinue -ErrorVariable failure }
        else {
            $id = $c % 6
            $vcpu = New-KvmVcpu $vm.Vm -Id $id -ErrorAction SilentlyContinue -ErrorVariable failure
        }
        if ($vm.UsedIds.Contains($id)) { return Assert-Outcome $failure 'KvmCreateVcpuFailed' }
        Assert-Outcome $failure ''
        Assert-True ($vcpu.Id -eq $id) "vCPU $($vcpu.Id) instead of $id"
        $null = Add-VcpuModel $vm $vcpu
    }
    RemoveVcpu = 2, {
        $vcpu = Select-Vcpu $w $a
        if (-not $vcpu) { return }
        Remove-KvmVcpu $vcpu.Vcpu -Force:($b % 2) -ErrorAction SilentlyContinue -ErrorVariable failure
        Assert-Outcome $failure $($vcpu.Job -and -not ($b % 2) ? ('', 'KvmVcpuRunning') : '')
        if ($failure.Count) { return }
        if ($vcpu.Job) {
            # What it has done in the meantime is done.
            $null = Wait-Job $vcpu.Job
            Assert-Exit $vcpu @($vcpu.Job.Output)
            Remove-Job $vcpu.Job
            $vcpu.Job = $null
            # One entry more can have reached the memory and not the job.
            $slot = Get-Covering $vcpu.Model 0
            if ($slot -and -not $slot.ReadOnly) {
                $null = $slot.Dirty.Add(0)
                $slot.Bytes[0] = (Read-KvmMemory $vcpu.Model.Vm 0 1)[0]
            }
        }
        $null = $vcpu.Model.Vcpus.Remove($vcpu)
        Add-Gone $w Vcpu $vcpu.Vcpu
    }
    NewDevice = 2, {
        $vm = Select-One $w.Vms $a
        if (-not $vm) { return }
        $device = New-KvmDevice $vm.Vm VFIO -ErrorAction SilentlyContinue -ErrorVariable failure
        Assert-Outcome $failure $($vm.Device -and $w.BrokenRule -ne 'OneDevice' ? 'DeviceAlreadyExists' : '')
        if ($device) { $vm.Device = $device }
    }
    RemoveDevice = 1, {
        $vm = Select-One $w.Vms $a
        if (-not $vm -or -not $vm.Device) { return }
        Remove-KvmDevice $vm.Device
        Add-Gone $w Device $vm.Device
        $vm.Device = $null
    }
    UseDevice = 4, {
        $vm = Select-One $w.Vms $a
        if (-not $vm) { return }
        Assert-True (Test-KvmDevice $vm.Vm VFIO) 'the kernel has no VFIO devices'
        if ($vm.Device) { Assert-True (Test-KvmDeviceAttr $vm.Device 1 1) 'the device has lost an attribute' }
    }
    AddMemory = 12, {
        $vm = Select-One $w.Vms $a
        if (-not $vm) { return }
        $count = 1 + ($b -shr 8) % 4
        # What a guest that runs stores to stays what it is.
        $first = (Test-Running $vm) ? 4 + $c % ($pages - 8) : $c % ($pages - 4)
        $options = @{ ReadOnly = -not ($b % 5); LogDirtyPages = -not ($b % 3) }
        $taken = [bool] $vm.Slots.Where({ $first -lt $_.Page + $_.Count -and $_.Page -lt $first + $count })
        if ($b % 2) {
            $options.Slot = ($b -shr 4) % 8
            $taken = $taken -or $vm.Slots.Where({ $_.Memory.Slot -eq $options.Slot })
        }
        $memory = Add-KvmMemory $vm.Vm ($first -shl 12) ($count -shl 12) @options -ErrorAction SilentlyContinue -ErrorVariable failure
        Assert-Outcome $failure $($taken -and $w.BrokenRule -ne 'Overlap' ? 'MemorySlotExists' : '')
        if ($memory) {
            $vm.Slots.Add(@{ Memory = $memory; Page = $first; Count = $count; ReadOnly = $options.ReadOnly; Log = $options.LogDirtyPages
                    Bytes = [byte[]]::new($count -shl 12); Dirty = [System.Collections.Generic.SortedSet[int]]::new() })
        }
    }
    RemoveMemory = 5, {
        $vm = Select-One $w.Vms $a
        if (-not $vm) { return }
        $slot = Select-One $vm.Slots $b
        if (-not $slot -or ($slot.Page -lt 4 -and (Test-Running $vm))) { return }
        Remove-KvmMemory $slot.Memory
        $null = $vm.Slots.Remove($slot)
        Add-Gone $w Memory $slot.Memory
    }
    WriteMemory = 16, {
        $vm = Select-One $w.Vms $a
        if (-not $vm) { return }
        $address = (Test-Running $vm) ? 4096 + $b % (($pages - 2) -shl 12) : $b % (($pages - 1) -shl 12)
        $bytes = [byte[]]::new(1 + $c % 100)
        [System.Random]::new($c).NextBytes($bytes)
        $parts = Get-Part $vm $address $bytes.Length
        Write-KvmMemory $vm.Vm $address $bytes -ErrorAction SilentlyContinue -ErrorVariable failure
        Assert-Outcome $failure $($parts ? '' : 'MemoryNotMapped')
        $from = 0
        foreach ($part in $parts) {
            [System.Array]::Copy($bytes, $from, $part.Slot.Bytes, $part.Offset, $part.Size)
            $from += $part.Size
        }
    }
    ReadMemory = 16, {
        $vm = Select-One $w.Vms $a
        if (-not $vm) { return }
        $address = $b % (($pages - 1) -shl 12)
        if ($c % 4 -eq 0) { $address = 0 }
        # A guest that runs stores there.
        if ($address -eq 0 -and (Test-Running $vm)) { $address = 1 }
        $length = 1 + $c % 5000
        $parts = Get-Part $vm $address $length
        $read = Read-KvmMemory $vm.Vm $address $length -ErrorAction SilentlyContinue -ErrorVariable failure
        Assert-Outcome $failure $($parts ? '' : 'MemoryNotMapped')
        if (-not $parts) { return }
        $expected = [byte[]]::new($length)
        $to = 0
        foreach ($part in $parts) {
            [System.Array]::Copy($part.Slot.Bytes, $part.Offset, $expected, $to, $part.Size)
            $to += $part.Size
        }
        Assert-True ([System.Linq.Enumerable]::SequenceEqual([byte[]] $read, $expected)) "0x$($address.ToString('X')) has other bytes than were written"
    }
    ReadDirtyPages = 5, {
        $vm = Select-One $w.Vms $a
        if (-not $vm) { return }
        $slot = Select-One $vm.Slots $b
        if (-not $slot -or (Test-Running $vm)) { return }
        $dirty = @(Get-KvmDirtyPage $vm.Vm $slot.Memory.Slot -Clear -ErrorAction SilentlyContinue -ErrorVariable failure)
        if (-not $slot.Log) { return Assert-Outcome $failure 'DirtyLogNotEnabled' }
        Assert-Outcome $failure ''
        $found = $dirty.ForEach({ ($_.GuestAddress -shr 12) - $slot.Page })
        Assert-True ("$found" -eq "$($slot.Dirty)") "pages $found are dirty instead of $($slot.Dirty)"
        $slot.Dirty.Clear()
    }
    GetRegister = 8, {
        $vcpu = Select-Vcpu $w $a
        if (-not $vcpu) { return }
        $register = Get-KvmRegister $vcpu.Vcpu rax -ErrorAction SilentlyContinue -ErrorVariable failure
        Assert-Outcome $failure $($vcpu.Job ? ('', 'KvmVcpuRunning') : '')
        if ($vcpu.Job -or $vcpu.Wild) { return }
        Assert-True ($register.Value -eq $vcpu.Al) "rax is $($register.Value) instead of $($vcpu.Al)"
    }
    SetRegister = 5, {
        $vcpu = Select-Vcpu $w $a
        if (-not $vcpu -or $vcpu.Job -or $vcpu.Wild) { return }
        $vcpu.Al = $b % 256
        Set-KvmRegister $vcpu.Vcpu @{ rax = $vcpu.Al }
    }
    Run = 20, {
        $vcpu = Select-Vcpu $w $a
        if (-not $vcpu -or -not (Test-Runnable $vcpu)) { return }
        # Of two that store at once nobody knows which was the last.
        if (-not $vcpu.Job -and (Test-Running $vcpu.Model)) { return }
        $count = 1 + $c % 6
        $exits = @(Invoke-KvmVcpu $vcpu.Vcpu -MaxExit $count -Until Shutdown -Timeout $($vcpu.Wild ? 0.01 : 60) -ErrorAction SilentlyContinue -ErrorVariable failure)
        if ($vcpu.Job) {
            Assert-Outcome $failure ('', 'KvmVcpuRunning')
            # It was over already: what it did comes first.
            if (-not $failure.Count) {
                Complete-Job $vcpu
                Assert-Exit $vcpu $exits
            }
            return
        }
        Assert-Outcome $failure ''
        if ($vcpu.Wild) {
            # Nobody knows what it has done.
            return
        }
        Assert-True ($exits.Count -eq $count) "$($exits.Count) exits instead of $count, the last one is $($exits[-1])"
        Assert-Exit $vcpu $exits
    }
    Start = 3, {
        $vcpu = Select-Vcpu $w $a
        if (-not $vcpu -or $vcpu.Job -or $vcpu.Wild -or -not (Test-Runnable $vcpu) -or (Test-Running $vcpu.Model)) { return }
        $vcpu.Job = Start-KvmVcpu $vcpu.Vcpu -MaxExit (20 + $c % 300) -Until Shutdown
    }
    Complete = 8, {
        $vcpu = Select-Vcpu $w $a
        if (-not $vcpu -or -not $vcpu.Job) { return }
        if ($b % 2) { Stop-KvmVcpu $vcpu.Vcpu }
        Assert-True ((Wait-KvmVcpu $vcpu.Vcpu -Timeout 60).Id -eq $vcpu.Id) "$($vcpu.Vcpu) does not stop"
        Complete-Job $vcpu
    }
    NewIrqChip = 1, {
        $vm = Select-One $w.Vms $a
        if (-not $vm) { return }
        $null = New-KvmIrqChip $vm.Vm -ErrorAction SilentlyContinue -ErrorVariable failure
        Assert-Outcome $failure $($vm.Chip ? 'IrqChipAlreadyExists' : $vm.UsedIds.Count ? 'IrqChipTooLate' : '')
        if (-not $failure.Count) { $vm.Chip = 'Full' }
    }
    SetRoute = 2, {
        $vm = Select-One $w.Vms $a
        if (-not $vm) { return }
        $gsi = 24 + $b % 6
        Set-KvmGsiRoute $vm.Vm $gsi -Address 0xFEE00000 -Data ($c % 256) -ErrorAction SilentlyContinue -ErrorVariable failure
        Assert-Outcome $failure $($vm.Chip ? '' : 'GsiRouteInvalid')
        if ($vm.Chip) { $vm.Routes[$gsi] = $c % 256 }
    }
    RemoveRoute = 1, {
        $vm = Select-One $w.Vms $a
        if (-not $vm) { return }
        $gsi = 24 + $b % 6
        Remove-KvmGsiRoute $vm.Vm $gsi -ErrorAction SilentlyContinue -ErrorVariable failure
        Assert-Outcome $failure $($vm.Routes.ContainsKey($gsi) ? '' : 'GsiRouteNotFound')
        $vm.Routes.Remove($gsi)
    }
    NewEventFd = 3, {
        if ($w.EventFds.Count -lt 4) { $w.EventFds.Add(@{ Object = New-KvmEventFd; Count = 0; IrqFds = 0; Users = 0 }) }
    }
    WriteEventFd = 5, {
        $one = Select-One $w.EventFds $a
        if (-not $one) { return }
        Write-KvmEventFd $one.Object (1 + $b % 9)
        # KVM takes what comes to an irqfd.
        $one.Count = $one.IrqFds ? 0 : $one.Count + 1 + $b % 9
    }
    WaitEventFd = 4, {
        $one = Select-One $w.EventFds $a
        if (-not $one -or $one.IrqFds) { return }
        $taken = (Wait-KvmEventFd $one.Object -Timeout 0).Count
        Assert-True ([int] $taken -eq $one.Count) "$($one.Object) has $taken instead of $($one.Count)"
        $one.Count = 0
    }
    RemoveEventFd = 2, {
        $one = Select-One $w.EventFds $a
        if (-not $one) { return }
        Remove-KvmEventFd $one.Object -Force:($b % 2) -ErrorAction SilentlyContinue -ErrorVariable failure
        Assert-Outcome $failure $($one.Users -and -not ($b % 2) ? 'EventFdInUse' : '')
        if ($failure.Count) { return }
        foreach ($vm in $w.Vms) {
            foreach ($registration in $vm.Events.Where({ $_.EventFd -eq $one })) {
                $null = $vm.Events.Remove($registration)
                Remove-Registration $w $registration
            }
        }
        $null = $w.EventFds.Remove($one)
        Add-Gone $w EventFd $one.Object
    }
    RegisterIrqFd = 3, {
        $vm = Select-One $w.Vms $a
        if (-not $vm -or $vm.Events.Count -ge 8) { return }
        $one = Select-One $w.EventFds $b
        if (-not $one) { return }
        $made = Register-KvmIrqFd $vm.Vm (5 + $c % 3) -EventFd $one.Object -ErrorAction SilentlyContinue -ErrorVariable failure
        # 6.1 lets an eventfd raise interrupts of several VMs, 6.18 does not.
        $here = $vm.Events.Where({ $_.Kind -eq 'IrqFd' -and $_.EventFd -eq $one })
        Assert-Outcome $failure $(if (-not $vm.Chip) { 'IrqChipNotPresent' } elseif ($here) { 'EventFdInUse' } elseif ($one.IrqFds) { '', 'EventFdInUse' } else { '' })
        if ($made) {
            $one.IrqFds++
            $one.Users++
            $vm.Events.Add(@{ Object = $made; Kind = 'IrqFd'; Key = ''; EventFd = $one })
        }
    }
    RegisterIoEvent = 4, {
        $vm = Select-One $w.Vms $a
        if (-not $vm -or $vm.Events.Count -ge 8) { return }
        $address = 0xD0000000L + 8 * ($b % 6)
        $options = @{}
        $one = if ($c % 2) { Select-One $w.EventFds $c }
        if ($one) { $options.EventFd = $one.Object }
        $made = Register-KvmIoEvent $vm.Vm $address 4 @options -ErrorAction SilentlyContinue -ErrorVariable failure
        Assert-Outcome $failure $($vm.Events.Where({ $_.Key -eq "$address" }) ? 'IoEventAlreadyExists' : '')
        if ($made) {
            if ($one) { $one.Users++ }
            $vm.Events.Add(@{ Object = $made; Kind = 'IoEvent'; Key = "$address"; EventFd = $one })
        }
    }
    RegisterCoalescedMmio = 2, {
        $vm = Select-One $w.Vms $a
        if (-not $vm -or $vm.Events.Count -ge 8) { return }
        $address = 0xE0000000L + 4096 * ($b % 6)
        if ($vm.Events.Where({ $_.Key -eq "$address" })) { return }
        $vm.Events.Add(@{ Object = Register-KvmCoalescedMmio $vm.Vm $address 16; Kind = 'CoalescedMmio'; Key = "$address"; EventFd = $null })
    }
    Unregister = 4, {
        $vm = Select-One $w.Vms $a
        if (-not $vm) { return }
        $one = Select-One $vm.Events $b
        if (-not $one) { return }
        & "Unregister-Kvm$($one.Kind)" $one.Object
        $null = $vm.Events.Remove($one)
        Remove-Registration $w $one
    }
    Interrupt = 3, {
        $vm = Select-One $w.Vms $a
        if (-not $vm) { return }
        if ($vm.Chip -eq 'Full') { return $null = Set-KvmIrqLine $vm.Vm (1 + $b % 20) -Pulse }
        $vcpu = Select-One $vm.Vcpus $b
        # Once in some thousand operations: nobody knows what a vCPU does after this.
        if ($c % 40 -or -not $vcpu -or $vcpu.Job -or $vm.Chip -or (Get-Covering $vm 0)) { return }
        Send-KvmNmi $vcpu.Vcpu
        $vcpu.Wild = $true
    }
    Msr = 4, {
        $vcpu = Select-Vcpu $w $a
        if (-not $vcpu -or $vcpu.Job) { return }
        if ($b % 2) {
            $vcpu.Msr = $c
            Set-KvmMsr $vcpu.Vcpu @{ IA32_SYSENTER_EIP = $c }
        }
        $value = (Get-KvmMsr $vcpu.Vcpu IA32_SYSENTER_EIP).Value
        Assert-True ($value -eq $vcpu.Msr) "IA32_SYSENTER_EIP is $value instead of $($vcpu.Msr)"
    }
    Attribute = 4, {
        $vcpu = Select-Vcpu $w $a
        if (-not $vcpu -or $vcpu.Job) { return }
        Set-KvmDeviceAttr $vcpu.Vcpu 0 0 $c
        $value = (Get-KvmDeviceAttr $vcpu.Vcpu 0 0).Value
        # Some hosts forget it.
        Assert-True ($value -in $c, 0) "the TSC's offset is $value instead of $c"
    }
    Look = 3, {
        $vm = Select-One $w.Vms $a
        if (-not $vm) { return }
        switch ($b % 6) {
            0 { Assert-True ((Get-KvmStat $vm.Vm).Count -gt 0) 'a VM has no counters' }
            1 { Assert-True ($null -ne (Get-KvmClock $vm.Vm)) 'a VM has no clock' }
            2 { Assert-True ((Get-KvmCapability -Vm $vm.Vm KVM_CAP_USER_MEMORY).Supported) 'a VM has no memory' }
            3 { Assert-True ((Invoke-KvmIoctl $vm.Vm KVM_CHECK_EXTENSION 3).Result -eq 1) 'an ioctl answers something else' }
            4 { foreach ($vcpu in $vm.Vcpus) { Assert-True ((Get-KvmStat -Vcpu $vcpu.Vcpu).Count -gt 0) 'a vCPU has no counters' } }
            5 { [System.GC]::Collect() }
        }
    }
    List = 3, {
        $found = (Get-KvmVm "$($w.Name)-*" -ErrorAction Ignore).ForEach({ "$_ $($_.Id)" }) -join ', '
        $expected = @($w.Vms).ForEach({ "$($_.Vm) $($_.Vm.Id)" }) -join ', '
        Assert-True ($found -eq $expected) "VMs are $found instead of $expected"
        foreach ($vm in @(Select-One $w.Vms $a)) {
            $found = @(
                (Get-KvmVcpu $vm.Vm).Id
                (Get-KvmDevice $vm.Vm).Id
                (Get-KvmMemory $vm.Vm).ForEach({ "$($_.Slot):$($_.GuestAddress):$($_.Size)" })
                @(Get-KvmIoEvent $vm.Vm).Count + @(Get-KvmIrqFd $vm.Vm).Count + @(Get-KvmCoalescedMmio $vm.Vm).Count
                @((Get-KvmGsiRoute $vm.Vm).Where({ $_.Gsi -ge 24 })).ForEach({ "$($_.Gsi)=$($_.Data)" })
            ).Where({ $null -ne $_ }) -join ' '
            $slots = @($vm.Slots) + @{ Page = 0xFFFFF; Count = 1; Memory = @{ Slot = 100 } }
            $expected = @(
                @($vm.Vcpus).ForEach({ $_.Id })
                $vm.Device.Id
                [System.Linq.Enumerable]::OrderBy([object[]] $slots, [System.Func[object, int]] { param($slot) $slot.Page }).ForEach({ "$($_.Memory.Slot):$([long] $_.Page -shl 12):$($_.Count -shl 12)" })
                $vm.Events.Count
                [System.Collections.Generic.SortedSet[int]]::new([int[]] @($vm.Routes.Keys)).ForEach({ "$_=$($vm.Routes[$_])" })
            ).Where({ $null -ne $_ }) -join ' '
            Assert-True ($found -eq $expected) "$($vm.Vm) has $found instead of $expected"
        }
    }
    UseGone = 6, {
        $gone = Select-One $w.Gone $a
        if (-not $gone) { return }
        $object = $gone.Object
        Assert-True ("$($object.State)" -eq 'Removed') "$object is $($object.State) although it was removed"
        $quiet = @{ ErrorAction = 'SilentlyContinue'; ErrorVariable = 'failure' }
        switch ("$($gone.Kind) $($b % 2)") {
            'Vm 0' { $null = Add-KvmMemory $object 0 4KB @quiet }
            'Vm 1' { Remove-KvmVm $object @quiet }
            'Vcpu 0' { $null = Invoke-KvmVcpu $object -MaxExit 1 @quiet }
            'Vcpu 1' { $null = Get-KvmRegister $object rax @quiet }
            'Device 0' { $null = Test-KvmDeviceAttr $object 1 1 @quiet }
            'Device 1' { Remove-KvmDevice $object @quiet }
            'Memory 0' { Remove-KvmMemory $object @quiet }
            'Memory 1' { Remove-KvmMemory $object @quiet }
            'EventFd 0' { Write-KvmEventFd $object 1 @quiet }
            'EventFd 1' { $null = Wait-KvmEventFd $object -Timeout 0 @quiet }
            default { & "Unregister-Kvm$(Get-RegistrationKind $object)" $object @quiet }
        }
        Assert-Outcome $failure 'KvmObjectRemoved'
    }
    SaveAndRestore = 1, {
        $vm = Select-One $w.Vms $a
        if (-not $vm -or $w.Vms.Count -ge 3 -or (Test-Running $vm) -or $vm.Vcpus.Where({ $_.Wild })) { return }
        $folder = "$($w.Folder)/$([guid]::NewGuid())"
        $w.Made++
        $null = Save-KvmVm $vm.Vm $folder
        $copy = Add-Model $w (Restore-KvmVm $folder "$($w.Name)-$($w.Made)") $vm.Chip
        [System.IO.Directory]::Delete($folder, $true)
        foreach ($slot in $vm.Slots) {
            $copied = $slot.Clone()
            $copied.Memory = $copy.Vm.Memory.Where({ $_.Slot -eq $slot.Memory.Slot })[0]
            $copied.Bytes = $slot.Bytes.Clone()
            $copied.Dirty = [System.Collections.Generic.SortedSet[int]]::new()
            $copy.Slots.Add($copied)
        }
        # They are made in the order of their ids.
        foreach ($made in $copy.Vm.Vcpus) {
            $from = $vm.Vcpus.Where({ $_.Id -eq $made.Id })[0]
            $to = Add-VcpuModel $copy $made
            $to.Al, $to.At, $to.Msr = $from.Al, $from.At, $from.Msr
        }
        Assert-True ($copy.Vcpus.Count -eq $vm.Vcpus.Count) 'a vCPU is lost'
        $copy.Routes = $vm.Routes.Clone()
    }
    # What all runspaces use at once: any error is right that has a name.
    Arena = 10, {
        $failure = @()
        $arenas = @(Get-KvmVm arena-* -ErrorAction Ignore)
        $quiet = @{ ErrorAction = 'SilentlyContinue'; ErrorVariable = 'failure' }
        if ($arenas.Count -lt 2) { $null = New-KvmVm "arena-$a" -Memory 64KB -Vcpu 1 @quiet }
        else {
            $vm = $arenas[$a % $arenas.Count]
            switch ($b % 12) {
                0 { Remove-KvmVm $vm -Force:($c % 2) @quiet }
                1 { $null = Add-KvmMemory $vm ($c % 16 * 64KB) 64KB -LogDirtyPages @quiet }
                2 { if ($vm.Memory.Count) { Remove-KvmMemory $vm.Memory[-1] @quiet } }
                3 { $null = Read-KvmMemory $vm ($c % 1MB) 4KB @quiet }
                4 { Write-KvmMemory $vm ($c % 1MB) ([byte[]]::new(4KB)) @quiet }
                5 { if ($vm.Vcpus.Count -lt 4) { $null = New-KvmVcpu $vm @quiet } }
                6 { if ($vm.Vcpus.Count) { $null = Invoke-KvmVcpu $vm.Vcpus[0] -MaxExit 3 -Timeout 0.02 @quiet } }
                7 { if ($vm.Vcpus.Count) { $null = Get-KvmRegister $vm.Vcpus[0] @quiet } }
                8 { $null = Get-KvmDirtyPage $vm -Clear @quiet }
                9 { $null = Register-KvmIoEvent $vm ($c % 64 * 8) 8 @quiet }
                10 { if ($vm.Vcpus.Count) { Remove-KvmVcpu $vm.Vcpus[-1] -Force:($c % 2) @quiet } }
                11 { $null = Get-KvmStat $vm @quiet }
            }
        }
        foreach ($one in $failure) {
            Assert-True ($one.Exception -is [KvmPS.Native.KvmException]) "$($one.Exception.GetType()): $one"
            Assert-True ($one.FullyQualifiedErrorId -match '^[A-Z]\w+,KvmPS') $one.FullyQualifiedErrorId
        }
    }
}
