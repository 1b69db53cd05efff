/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Questions about hardware and firmware that is not there, by their answer, which is the one that Linux's own function gives
 * on a machine without: an ACPI whose namespace is empty, no DMI tables, no IOMMU, no hypervisor, no machine checks, memory
 * that is cached in one way only. Functions with one answer are one piece of code. Those that return nothing are among
 * those that return 0; one that would fill in a result fails, or says that it has found none.
 */
#include "linux/versions.h"
#include "linux/export.h"
#include "linux/x86/answers.h"

#define AE_NOT_FOUND 5
#define AE_BAD_PARAMETER 0x1001
#define EPERM 1
#define ENOENT 2
#define EIO 5
#define ENXIO 6
#define ENODEV 19
#define EINVAL 22
#define ENODATA 61
#define EOPNOTSUPP 95
#define ENOKEY 126

	.text

/* ---- no device has a node in ACPI's namespace, so there is none to be walked, evaluated or notified of ---- */
	.balign 16
NAMES acpi_evaluate_object, acpi_evaluate_object_typed, acpi_evaluate_integer, acpi_execute_simple_method
NAMES acpi_get_handle, acpi_get_object_info, acpi_get_name, acpi_get_parent, acpi_get_type, acpi_walk_resources
NAMES acpi_get_table, acpi_extract_package, acpi_acquire_global_lock
NAMES acpi_release_global_lock, acpi_enable_gpe, acpi_disable_gpe, acpi_finish_gpe, acpi_mark_gpe_for_wake
NAMES acpi_set_gpe_wake_mask, acpi_install_gpe_handler, acpi_remove_gpe_handler, acpi_evaluate_reference
NAMES acpi_evaluate_ost, acpi_run_osc, acpi_buffer_to_resource, acpi_set_current_resources
	ANSWER AE_NOT_FOUND
	.balign 16
NAMES acpi_install_notify_handler, acpi_remove_notify_handler, acpi_install_address_space_handler
NAMES acpi_remove_address_space_handler
	ANSWER AE_BAD_PARAMETER
	.balign 16
NAMES acpi_bus_set_power, acpi_bus_get_status, acpi_device_set_power, acpi_get_local_address, ec_read, ec_write
NAMES ec_transaction
NAMES_GPL acpi_get_subsystem_id, acpi_dev_get_property, acpi_device_fix_up_power, acpi_device_update_power
NAMES_GPL acpi_device_fix_up_power_extended, acpi_bus_get_status_handle, acpi_bus_get_private_data
NAMES_GPL acpi_bus_attach_private_data, acpi_register_lps0_dev, acpi_ec_add_query_handler, acpi_ec_mark_gpe_for_wake
NAMES_GPL p2sb_bar, cppc_get_perf_caps, acpi_register_wakeup_handler
	ANSWER -ENODEV
	.balign 16
NAMES acpi_pm_device_sleep_state, acpi_dev_uid_to_integer
NAMES_GPL acpi_pm_set_device_wakeup, acpi_dev_get_resources, __acpi_node_get_property_reference
	ANSWER -EINVAL
	.balign 16
NAMES acpi_match_device_ids
NAMES_HERE firmware_fallback_platform, acpi_find_gpio, acpi_node_get_gpiod
NAMES_HERE match_devname_and_update_preferred_console
	ANSWER -ENOENT
	.balign 16
NAMES_HERE pci_acpi_preserve_config, swiotlb_dev_init, dpm_save_failed_dev, dpm_save_failed_step, cpuset_cpu_is_isolated
#if LINUX_SINCE(6, 12)
NAMES_GPL is_vmalloc_or_module_addr, shmem_mapping
#endif
NAMES acpi_walk_namespace, acpi_get_devices, acpi_bus_power_manageable, acpi_evaluate_dsm, acpi_check_dsm
NAMES acpi_has_method, acpi_dev_get_first_match_dev, acpi_dev_present, acpi_dev_found, acpi_check_resource_conflict
NAMES acpi_check_region, acpi_osi_is_win8, acpi_notifier_call_chain, acpi_bus_generate_netlink_event
NAMES acpi_is_video_device, acpi_dev_hid_uid_match, acpi_put_table, acpi_handle_printk, __acpi_handle_debug
NAMES acpi_resources_are_enforced, acpi_os_wait_events_complete, ec_get_handle, acpi_bus_scan
NAMES_GPL acpi_get_first_physical_node, acpi_lpat_get_conversion_table, acpi_lpat_free_conversion_table
NAMES_GPL acpi_quirk_skip_acpi_ac_and_battery, acpi_fetch_acpi_dev, acpi_find_child_device, acpi_find_child_by_adr
NAMES_GPL acpi_get_pci_dev, acpi_bus_for_each_dev, acpi_dev_for_each_child, acpi_reduced_hardware
NAMES_GPL acpi_initialize_hp_context, acpi_pm_wakeup_event, acpi_dev_free_resource_list, acpi_dev_clear_dependencies
NAMES_GPL acpi_target_system_state, acpi_dev_resource_interrupt, acpi_storage_d3, acpi_has_watchdog
NAMES_GPL acpi_unregister_lps0_dev, acpi_bus_trim, acpi_bus_detach_private_data, acpi_ec_remove_query_handler
NAMES_GPL acpi_evaluation_failure_warn, acpi_get_acpi_dev, acpi_dev_state_d0, acpi_unregister_wakeup_handler
NAMES_GPL acpi_pci_find_root, acpi_gpiochip_request_interrupts, acpi_gpiochip_free_interrupts, acpi_set_modalias
NAMES_GPL acpi_quirk_skip_serdev_enumeration
NAMES_HERE acpi_gpio_count, acpi_gpio_dev_init, acpi_gpio_update_gpiod_flags, acpi_gpio_update_gpiod_lookup_flags
NAMES_HERE acpi_gpiochip_add, acpi_gpiochip_remove, acpi_pci_bridge_d3, acpi_pci_need_resume
NAMES_HERE acpi_pci_power_manageable, acpi_pci_refresh_power_state, acpi_ioapic_add, pci_acpi_program_hp_params
NAMES_HERE pci_set_acpi_fwnode, pci_host_bridge_acpi_msi_domain

/* ---- nor has the machine DMI tables, an IOMMU, machine checks, caches of several kinds, Hyper-V or Xen below it ---- */
NAMES dmi_check_system, dmi_get_system_info, dmi_first_match, dmi_find_device, dmi_name_in_vendors, dmi_get_date
NAMES set_memory_wc, set_memory_wb, set_pages_array_wc, set_memory_uc, set_pages_uc, set_pages_wb
NAMES set_pages_array_uc, set_pages_array_wb, arch_phys_wc_add, arch_phys_wc_del, arch_io_reserve_memtype_wc
NAMES arch_io_free_memtype_wc, wbinvd_on_all_cpus, iosf_mbi_available, iosf_mbi_assert_punit_acquired
NAMES iosf_mbi_punit_acquire, iosf_mbi_punit_release, iosf_mbi_block_punit_i2c_access
NAMES iosf_mbi_unblock_punit_i2c_access, iosf_mbi_register_pmic_bus_access_notifier
NAMES iosf_mbi_unregister_pmic_bus_access_notifier_unlocked, convert_art_to_tsc, convert_art_ns_to_tsc
NAMES_GPL dmi_match, dmi_memdev_type, device_iommu_capable, iommu_get_domain_for_dev, iommu_group_get
NAMES_GPL iommu_group_put, iommu_group_remove_device, iommu_group_dma_owner_claimed, irq_remapping_cap
NAMES_GPL iommu_domain_alloc, iommu_domain_free, iommu_unmap, iommu_iova_to_phys, mce_register_decode_chain
NAMES_GPL mce_unregister_decode_chain, mce_is_memory_error, mce_is_correctable, mce_usable_address
NAMES_GPL hv_is_hyperv_initialized, hv_ghcb_msr_write, hv_ghcb_msr_read, set_hv_tscchange_cb, clear_hv_tscchange_cb
NAMES_GPL hyperv_stop_tsc_emulation, cc_platform_has, set_memory_decrypted, set_memory_encrypted
NAMES_GPL clflush_cache_range, arch_invalidate_pmem, pat_enabled, pat_pfn_immune_to_uc_mtrr, is_swiotlb_active
NAMES_GPL usb_hcd_amd_remote_wakeup_quirk, usb_amd_quirk_pll_check, usb_amd_quirk_pll_enable
NAMES_GPL usb_amd_quirk_pll_disable, usb_amd_dev_put, usb_amd_pt_check_port, usb_asmedia_modifyflowcontrol
NAMES_GPL sb800_prefetch, usb_disable_xhci_ports, usb_enable_intel_xhci_ports, usb_amd_hang_symptom_quirk
NAMES_GPL usb_amd_prefetch_quirk, uhci_check_and_reset_hc, uhci_reset_hc, mark_tsc_unstable, check_tsc_unstable
NAMES_GPL amd_nb_num, node_to_amd_nb, xen_has_pv_devices, vga_default_device, wait_for_initramfs
NAMES_HERE x86_pci_msi_default_domain, swiotlb_max_mapping_size, arch_pci_dev_is_removable, pci_proc_attach_device
NAMES_HERE pci_proc_detach_device, pci_proc_detach_bus, rtc_proc_add_device, rtc_proc_del_device
NAMES_HERE proc_tty_register_driver, proc_tty_unregister_driver, register_vga_arbiter
NAMES_HERE proc_tty_init
NAMES_HERE tpm_add_ppi, tpm_bios_log_setup, tpm_bios_log_teardown, vty_init, aperture_remove_conflicting_pci_devices
NAMES_HERE amd_get_mmconfig_range, get_cpu_device, firmware_is_builtin, firmware_request_builtin, firmware_request_builtin_buf
	ANSWER 0
	.balign 16
NAMES_GPL dmi_walk
	ANSWER -ENXIO
	.balign 16
NAMES dmi_get_bios_year
	ANSWER -ENODATA
	.balign 16
NAMES iosf_mbi_read, iosf_mbi_write, iosf_mbi_modify
	ANSWER -EPERM
	.balign 16
NAMES rdmsr_on_cpu, wrmsr_on_cpu, rdmsrl_on_cpu, wrmsrl_on_cpu, rdmsr_safe_on_cpu, wrmsr_safe_on_cpu
NAMES rdmsrl_safe_on_cpu, wrmsrl_safe_on_cpu, rdmsr_safe_regs_on_cpu, wrmsr_safe_regs_on_cpu
	ANSWER -EIO
	.balign 16
NAMES_HERE acpi_dma_request_slave_chan_by_name
NAMES_GPL iommu_group_alloc, iommu_group_add_device, iommu_group_claim_dma_owner, iommu_map
NAMES_GPL get_device_system_crosststamp, amd_smn_read, amd_smn_write, iommu_dev_enable_feature
NAMES_GPL iommu_dev_disable_feature
	ANSWER -ENODEV
	.balign 16
NAMES_GPL dmi_memdev_size
	ANSWER -1
	.balign 16
NAMES_GPL dmi_memdev_handle
	ANSWER 0xffff
	.balign 16
NAMES_HERE ptm_open_peer
	ANSWER -EIO
	.balign 16
NAMES_GPL verify_pkcs7_signature
	ANSWER -ENOKEY

	.section .note.GNU-stack, "", %progbits
